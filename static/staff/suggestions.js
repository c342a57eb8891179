/* Marks in the form what was guessed of a document. One click takes a guess back: the field is
 * emptied and its line returns to the text. A field that was changed by hand is no guess any more. */
const content = document.getElementById("suggestions");

if (content) {
  const { texts, rows } = JSON.parse(content.textContent);
  const whenReady = (act) => {
    const editor = window.CKEDITOR?.instances.id_body;
    if (!editor) CKEDITOR.once("instanceReady", ({ editor: made }) => act(made));
    else if (editor.status === "ready") act(editor);
    else editor.once("instanceReady", () => act(editor));
  };
  const same = (a, b) => a.replace(/\s+/g, " ").trim() === b.replace(/\s+/g, " ").trim();

  function giveBack(editor, { back, at }) {
    if (!back) return;
    const paragraph = `<p>${new Option(back).innerHTML}</p>`;
    const body = editor.getData();
    const mark = at.startsWith("[") && body.indexOf(`<p>${at}</p>`);
    if (at === "start") editor.setData(paragraph + body);
    else if (typeof mark === "number" && mark >= 0) {
      const end = mark + `<p>${at}</p>`.length;
      editor.setData(body.slice(0, end) + paragraph + body.slice(end));
    } else editor.setData(body + paragraph);
  }

  for (const row of rows) {
    const field = document.getElementById(`id_${row.field}`);
    if (!field || !same(field.value, row.value)) continue;
    const box = document.createElement("span");
    box.className = "suggestion";
    box.id = `suggestion-${row.field}`;
    const mark = document.createElement("span");
    mark.className = "suggestion__mark";
    mark.textContent = texts.proposed;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "linklike";
    button.textContent = texts.takeBack;
    button.setAttribute("aria-label", `${texts.takeBack}: ${document.querySelector(`label[for="id_${row.field}"]`)?.textContent.replace(/:\s*$/, "") ?? ""}`);
    box.append(mark, " ", button);
    field.after(box);
    field.closest("details")?.setAttribute("open", "");
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${box.id}`.trim());
    button.addEventListener("click", () => {
      field.value = "";
      field.dispatchEvent(new Event("input", { bubbles: true }));
      whenReady((editor) => giveBack(editor, row));
      box.remove();
      field.focus();
    });
    field.addEventListener("input", () => { if (!same(field.value, row.value)) box.remove(); });
  }
}
