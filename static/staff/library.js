/* The photo library: photos dropped anywhere go up one after the other, each with its own error;
 * what is typed under a photo is saved when the field is left, and Enter goes to the next photo. */
const form = document.querySelector("[data-library]");
const grid = document.querySelector("[data-library-grid]");
const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const LARGEST = 30; // MB

function watch(item) {
  const state = item.querySelector(".library__state");
  const fields = [...item.querySelectorAll("input")];
  const save = async (field) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    try {
      const answer = await fetch(item.dataset.words, { method: "POST", headers, body: JSON.stringify({ [field.name]: field.value }) });
      const content = await answer.json();
      state.textContent = answer.ok ? grid.dataset.textSaved : content.error;
    } catch {
      state.textContent = grid.dataset.textFailed;
    }
  };
  for (const field of fields) {
    field.addEventListener("change", () => save(field));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const next = item.nextElementSibling?.querySelector(`[name="${field.name}"]`);
      if (next) next.focus();
      else field.blur();
    });
  }
}

if (grid) for (const item of grid.querySelectorAll(".library__photo")) watch(item);

if (form) {
  const input = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress");
  const state = form.querySelector("[data-library-state]");
  const errors = form.querySelector("[data-library-errors]");
  const words = form.dataset;

  function complain(name, text) {
    const line = document.createElement("li");
    line.textContent = `${name}: ${text}`;
    errors.append(line);
  }

  const send = (file, onProgress) => new Promise((done) => {
    const body = new FormData();
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", words.library);
    request.setRequestHeader("X-CSRFToken", token);
    request.responseType = "json";
    request.upload.addEventListener("progress", onProgress);
    request.addEventListener("error", () => done({ error: words.textLost }));
    request.addEventListener("load", () => done(request.response ?? { error: words.textLost }));
    request.send(body);
  });

  function add(photo) {
    const item = document.querySelector("[data-library-photo]").content.firstElementChild.cloneNode(true);
    item.dataset.words = photo.words;
    item.querySelector("a").href = photo.url;
    item.querySelector("img").src = photo.thumbnail;
    for (const name of ["caption", "description", "credit"]) item.querySelector(`[name=${name}]`).value = photo[name];
    grid.querySelector(".library__none")?.remove();
    for (const old of grid.children) if (old.dataset.words === photo.words) { old.remove(); break; }
    grid.insertBefore(item, grid.children[added] ?? null);
    added += 1;
    watch(item);
  }

  let added = 0;
  async function sendAll(files) {
    errors.replaceChildren();
    added = 0;
    bar.hidden = false;
    for (const [at, file] of files.entries()) {
      const show = (share) => { bar.value = ((at + share) / files.length) * 100; };
      state.textContent = words.textProgress.replace("{done}", at).replace("{all}", files.length);
      if (file.size > LARGEST * 2 ** 20) complain(file.name, words.textLarge);
      else {
        const photo = await send(file, ({ loaded, total }) => show(loaded / total));
        if (photo.error) complain(file.name, photo.error);
        else add(photo);
      }
      show(1);
    }
    bar.hidden = true;
    state.textContent = words.textDone;
    grid.querySelector("input")?.focus();
  }

  input.addEventListener("change", () => sendAll([...input.files]));
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); form.classList.add("is-over"); }
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    form.classList.remove("is-over");
    sendAll([...event.dataTransfer.files]);
  });
}
