// Shows under the field for phone numbers, while it is typed in, how they are read.
for (const field of document.querySelectorAll("[data-numbers]")) {
  const text = field.querySelector("textarea");
  const chips = field.querySelector("[data-chips]");
  const token = document.querySelector("[name=csrfmiddlewaretoken]");
  let waiting;
  let asked = 0;

  async function check() {
    const number = ++asked;
    const body = new URLSearchParams({ text: text.value, csrfmiddlewaretoken: token.value });
    const answer = await fetch(text.dataset.check, { method: "POST", body, credentials: "same-origin" });
    // An answer that comes after a later question, or none, changes nothing.
    if (answer.ok && number === asked) chips.innerHTML = (await answer.json()).html;
  }

  text.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(check, 250);
  });
  chips.addEventListener("click", (event) => {
    const button = event.target.closest("[data-renew]");
    if (!button) return;
    text.value = button.dataset.renew;
    text.focus();
    check();
  });
}
