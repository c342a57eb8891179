/* Photos dropped on an article's form go to the library and become its next photos. */
const group = document.querySelector("#photos-group[data-inline-formset], #photos-group");
const settings = document.querySelector("[data-photos]");

if (group && settings) {
  const { photos: url, ...texts } = settings.dataset;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  const state = document.createElement("p");
  state.className = "photos-line help";
  state.setAttribute("role", "status");
  state.textContent = texts.textHint;
  group.querySelector(".add-row, h2")?.before(state);

  async function send(file) {
    const body = new FormData();
    body.append("file", file);
    const answer = await fetch(url, { method: "POST", headers: { "X-CSRFToken": token }, body });
    return answer.json();
  }

  function addEmptyRow() {
    group.querySelector(".add-row a").click();
    const number = Number(document.getElementById("id_photos-TOTAL_FORMS").value) - 1;
    document.getElementById(`id_photos-${number}-position`).value = number + 1;
    return number;
  }

  function addRow(photo) {
    const number = addEmptyRow();
    const select = document.getElementById(`id_photos-${number}-photo`);
    select.append(new Option(photo.name, photo.id, true, true));
    select.dispatchEvent(new Event("change", { bubbles: true }));
    document.getElementById(`id_photos-${number}-caption`).value = photo.caption;
    const picture = document.createElement("img");
    picture.src = photo.thumbnail;
    picture.alt = "";
    picture.width = 240;
    select.closest("fieldset").querySelector(".field-picture .readonly").replaceChildren(picture);
    return document.getElementById(`id_photos-${number}-caption`);
  }

  /* A place without a file keeps its number: the picture did not come along with the text. */
  async function take(files, { focus = true } = {}) {
    const failed = [];
    let first = null;
    for (const [at, file] of files.entries()) {
      state.textContent = texts.textProgress.replace("{done}", at).replace("{all}", files.length);
      if (!file) { addEmptyRow(); continue; }
      const photo = await send(file).catch(() => ({ error: texts.textLost }));
      if (photo.error) { failed.push(`${file.name}: ${photo.error}`); if (!focus) addEmptyRow(); }
      else { const field = addRow(photo); first ??= field; }
    }
    state.textContent = failed.join(" ") || texts.textDone;
    if (focus) first?.focus();
  }

  document.addEventListener("photos:pasted", (event) => take(event.detail, { focus: false }));

  // Every new photo gets the next number, however it came in.
  document.addEventListener("formset:added", (event) => {
    if (event.detail?.formsetName !== "photos") return;
    const number = event.target.querySelector("[name$=-position]");
    if (number) number.value = document.getElementById("id_photos-TOTAL_FORMS").value;
  });

  // Enter in a caption goes to the next one instead of sending the form.
  group.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !/^photos-\d+-caption$/.test(event.target.name ?? "")) return;
    event.preventDefault();
    const captions = [...group.querySelectorAll("[name$=-caption]:not([name*=__prefix__])")];
    captions[captions.indexOf(event.target) + 1]?.focus();
  });
  document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const files = [...(event.dataTransfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (!files.length) return;
    event.preventDefault();
    event.stopPropagation();
    take(files);
  }, true);
}
