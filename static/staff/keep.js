// Nothing typed is lost: keeps the form on the server two seconds after typing stops, in this
// browser while the server cannot be reached, and offers both when the form is opened again.
// Also tells who else has the form open.

const QUIET = 2000;
const HEARTBEAT = 15000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "form_key", "opened", "merge_base"]);

const box = document.querySelector("[data-keep]");
const form = box?.closest("form");
if (form) start();

function start() {
  const state = box.querySelector("[data-keep-state]");
  const localKey = `unsaved:${location.pathname}`;
  let timer = 0;
  let isLeaving = false;
  let isDirty = false;

  const now = () => new Date().toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" });
  const say = (text, time) => { state.textContent = text.replace("{time}", time); };

  function fields() {
    for (const editor of Object.values(window.CKEDITOR?.instances ?? {})) editor.updateElement();
    return [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !NOT_KEPT.has(name));
  }

  async function post(url, body) {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(body),
      redirect: "error", // a redirect leads to the login page: the session is gone
    });
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }

  const content = (list) => ({ pk: box.dataset.pk, key: box.dataset.key, version: box.dataset.version, fields: list });

  async function keep() {
    const list = fields();
    isDirty = false;
    try {
      const answer = await post(box.dataset.autosave, content(list));
      localStorage.removeItem(localKey);
      say(box.dataset.textSaved, answer.saved_at);
    } catch {
      localStorage.setItem(localKey, JSON.stringify({ saved_at: now(), fields: list }));
      say(box.dataset.textLocal, now());
    }
  }

  function later() {
    isDirty = true;
    clearTimeout(timer);
    timer = setTimeout(keep, QUIET);
  }

  form.addEventListener("input", later);
  form.addEventListener("change", later);
  window.CKEDITOR?.on("instanceReady", ({ editor }) => editor.on("change", later));
  for (const editor of Object.values(window.CKEDITOR?.instances ?? {})) editor.on("change", later);

  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "preview") return;
    isLeaving = true;
    clearTimeout(timer);
    // Gone only if the save succeeds; a page that comes back with errors carries the text itself.
    localStorage.removeItem(localKey);
  });
  window.addEventListener("online", () => { if (localStorage.getItem(localKey)) keep(); });

  // What waits from another time

  const whenReady = (editor, act) => (editor.status === "ready" ? act() : editor.once("instanceReady", act));

  function fill(list) {
    const added = new Set(list.map(([name]) => name.match(/^(.+)-(\d+)-/)).filter(Boolean).map((m) => `${m[1]}-${m[2]}`));
    for (const row of added) {
      const [prefix] = row.split(/-\d+$/);
      if (!form.querySelector(`[name^="${row}-"]`)) form.querySelector(`#${CSS.escape(prefix)}-group .add-row a`)?.click();
    }
    for (const box of form.querySelectorAll("input[type=checkbox]")) {
      if (!NOT_KEPT.has(box.name)) box.checked = list.some(([name, value]) => name === box.name && value === box.value);
    }
    for (const [name, value] of list) {
      if (/-(TOTAL|INITIAL)_FORMS$/.test(name)) continue;
      const field = form.elements.namedItem(name);
      const editor = window.CKEDITOR?.instances[field?.id];
      if (editor) whenReady(editor, () => editor.setData(value));
      else if (field?.type === "select-multiple") {
        for (const option of field.options) option.selected = list.some(([n, v]) => n === name && v === option.value);
      } else if (field && "value" in field && field.type !== "file" && field.type !== "checkbox") field.value = value;
    }
  }

  function offer({ saved_at, fields: list, key, drop }) {
    const row = document.createElement("p");
    row.className = "keep__offer";
    row.append(box.dataset.textOffer.replace("{time}", saved_at), " ");
    const button = (text, action) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = "button";
      element.textContent = text;
      element.addEventListener("click", () => { action(); row.remove(); });
      row.append(element, " ");
    };
    button(box.dataset.textRestore, () => { if (key) box.dataset.key = form.elements.form_key.value = key; fill(list); later(); });
    button(box.dataset.textDiscard, drop);
    box.querySelector("[data-keep-offers]").append(row);
  }

  const unsaved = JSON.parse(document.getElementById("unsaved")?.textContent ?? "[]");
  for (const each of unsaved) {
    offer({ ...each, drop: () => post(box.dataset.autosave, { ...content([]), key: each.key }).catch(() => {}) });
  }
  const local = JSON.parse(localStorage.getItem(localKey) ?? "null");
  const isKeptBoth = ({ fields }) => JSON.stringify(fields) === JSON.stringify(local.fields);
  if (local && unsaved.some(isKeptBoth)) localStorage.removeItem(localKey); // the network came back as the page was closed
  else if (local) offer({ ...local, drop: () => localStorage.removeItem(localKey) });

  // Who else is here

  const others = box.querySelector("[data-keep-others]");
  async function beat() {
    try {
      const answer = await post(box.dataset.presence, {});
      others.textContent = answer.others.length ? box.dataset.textOthers.replace("{names}", answer.others.join(", ")) : "";
    } catch { /* the next beat tries again */ }
  }
  if (box.dataset.presence) {
    beat();
    setInterval(beat, HEARTBEAT);
    window.addEventListener("pagehide", () => {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      navigator.sendBeacon(`${box.dataset.presence}?leave=1`, body);
    });
  }
  window.addEventListener("pagehide", () => { if (isDirty && !isLeaving) localStorage.setItem(localKey, JSON.stringify({ saved_at: now(), fields: fields() })); });
}
