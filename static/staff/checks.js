/* The checks before publishing, of what stands in the form, a while after the last key. */
const box = document.querySelector("[data-checks]");
const form = box?.closest("form");

if (form) {
  const PAUSE = 2500; // milliseconds
  const must = box.querySelector("[data-checks-must]");
  const advice = box.querySelector("[data-checks-advice]");
  const state = box.querySelector("[data-checks-state]");
  let timer;

  function fill(part, findings) {
    part.hidden = !findings.length;
    part.querySelector("ul").replaceChildren(...findings.map(({ text, field }) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = field === "photos" ? "#photos-group" : `#id_${field}`;
      link.textContent = text;
      item.append(link);
      return item;
    }));
  }

  async function check() {
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "title", "lead", "author_line", "source", "category", "written_in"]) body.append(name, form.elements[name]?.value ?? "");
    body.append("body", window.CKEDITOR?.instances.id_body?.getData() ?? form.elements.body?.value ?? "");
    body.append("preview_of", box.dataset.pk);
    try {
      const answer = await fetch(box.dataset.checks, { method: "POST", body });
      if (!answer.ok) return;
      const found = await answer.json();
      fill(must, found.must_fix);
      fill(advice, found.advice);
      advice.querySelector("span").textContent = found.advice.length;
      state.textContent = found.must_fix.length ? "" : box.dataset.textNone;
    } catch { /* the next pause tries again */ }
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(check, PAUSE); };
  form.addEventListener("input", later);
  window.CKEDITOR?.on("instanceReady", ({ editor }) => editor.on("change", later));
  if (box.dataset.pk !== "0") later();
}
