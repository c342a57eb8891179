/* The door on the desk: files dropped anywhere on the page, a folder too, or text pasted with its
 * formatting; sent with progress. What is refused stays chosen. */
const form = document.querySelector("[data-drop]");
const LARGEST = 60; // MB

if (form) {
  const { files, text, html } = form.elements;
  const state = form.querySelector("[data-drop-state]");
  const bar = form.querySelector("progress");
  const words = form.dataset;
  const say = (line) => { state.textContent = line; };

  const entries = (entry) => new Promise((done) => {
    if (entry.isFile) entry.file((file) => done([file]), () => done([]));
    else {
      const reader = entry.createReader();
      const all = [];
      const more = () => reader.readEntries((batch) => {
        if (!batch.length) Promise.all(all.map(entries)).then((lists) => done(lists.flat()));
        else { all.push(...batch); more(); }
      }, () => done([]));
      more();
    }
  });

  function choose(list) {
    const chosen = new DataTransfer();
    const large = [];
    for (const file of list) {
      if (file.name.startsWith(".") || file.name.startsWith("~$") || file.name === "Thumbs.db") continue;
      if (file.size > LARGEST * 2 ** 20) large.push(file);
      else chosen.items.add(file);
    }
    files.files = chosen.files;
    const parts = large.map((file) => words.textLarge.replace("{name}", file.name).replace("{most}", LARGEST));
    if (chosen.files.length) parts.unshift(words.textChosen.replace("{names}", [...chosen.files].map((file) => file.name).join(", ")));
    say(parts.join(" "));
  }

  files.addEventListener("change", () => choose([...files.files]));

  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); form.classList.add("is-over"); }
  });
  document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) form.classList.remove("is-over"); });
  document.addEventListener("drop", async (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    form.classList.remove("is-over");
    const items = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
    const plain = [...event.dataTransfer.files];
    choose(items.length ? (await Promise.all(items.map(entries))).flat() : plain);
  });

  text.addEventListener("paste", (event) => {
    const formatted = event.clipboardData.getData("text/html");
    html.value = formatted && !text.value ? formatted : "";
    if (html.value) say(words.textPasted);
  });
  // What is changed by hand is no longer what was pasted.
  text.addEventListener("input", (event) => { if (event.inputType !== "insertFromPaste") html.value = ""; });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    bar.hidden = false;
    const button = form.querySelector("button");
    const stop = (line) => { bar.hidden = true; button.disabled = false; say(line); };
    button.disabled = true;
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      bar.value = (loaded / total) * 100;
      say(loaded < total ? words.textSending.replace("{share}", `${Math.round(bar.value)} %`) : words.textReading);
    });
    request.addEventListener("error", () => stop(words.textLost));
    request.addEventListener("load", () => {
      const answer = request.response;
      if (answer?.url) location.assign(answer.url);
      else stop(answer?.error ?? words.textLost);
    });
    request.send(new FormData(form));
  });
}
