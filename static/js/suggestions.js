// A combobox with a list of suggestions, as WAI-ARIA describes it; without it the field is a field.
const PAUSE = 200; // milliseconds without a key, before anybody is asked
const SHORTEST = 2;

for (const input of document.querySelectorAll("[data-suggestions]")) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggestionsLabel);
  input.form.append(list);
  // A field of the kind “search” may not be a combobox.
  input.type = "text";
  input.enterKeyHint = "search";
  input.setAttribute("role", "combobox");
  // Some checkers know no label of a combobox but this one.
  input.setAttribute("aria-labelledby", input.labels[0].id);
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let typed = input.value;
  let chosen = -1;
  let timer;
  let request = new AbortController();

  const choose = (number) => {
    chosen = number;
    for (const [at, option] of [...list.children].entries()) {
      option.setAttribute("aria-selected", String(at === chosen));
    }
    const option = list.children[chosen];
    input.value = option ? option.textContent : typed;
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  };

  const show = (texts) => {
    list.replaceChildren(
      ...texts.map((text, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${at}`;
        option.textContent = text;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }),
    );
    list.hidden = texts.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  };

  const hide = () => {
    clearTimeout(timer);
    request.abort();
    show([]);
  };

  const ask = async () => {
    request.abort();
    request = new AbortController();
    const address = `${input.dataset.suggestions}?q=${encodeURIComponent(typed.trim())}`;
    try {
      const answer = await fetch(address, { signal: request.signal, credentials: "omit" });
      if (answer.ok) show((await answer.json()).suggestions);
    } catch {
      // The network is gone, or another letter was typed meanwhile.
    }
  };

  input.addEventListener("input", () => {
    typed = input.value;
    clearTimeout(timer);
    if (typed.trim().length < SHORTEST) hide();
    else timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing || !count) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      // One place more than there are suggestions: the field with what was typed.
      choose(((chosen + 1 + steps[event.key] + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      input.value = typed;
      hide();
    }
  });
  // Before the field loses the focus, which would close the list.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    input.value = option.textContent;
    hide();
    input.form.requestSubmit();
  });
  input.addEventListener("blur", hide);
}
