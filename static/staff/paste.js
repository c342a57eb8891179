/* What is pasted into the editor goes to the server first, which knows Word, LibreOffice and old
 * fonts, and comes back clean with a line on what was changed. Without the server: plain text. */
const found = document.querySelector("[data-paste]");

if (found && window.CKEDITOR) {
  const { paste: url, ...texts } = found.dataset;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;

  const ask = async (content) => {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token };
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(content) });
    if (!answer.ok && answer.status !== 400) throw new Error(answer.status);
    return answer.json();
  };

  const escape = (text) => new Option(text).innerHTML;
  const asParagraphs = (text) => text.split(/\r?\n/).filter((line) => line.trim()).map((line) => `<p>${escape(line)}</p>`).join("");

  function watch(editor) {
    const line = document.createElement("p");
    line.className = "paste-line";
    line.setAttribute("role", "status");
    editor.container.$.after(line);

    editor.on("paste", (event) => {
      const clipboard = event.data.dataTransfer;
      if (!clipboard || clipboard.sourceEditor === editor) return;
      const html = clipboard.getData("text/html", true);
      const text = clipboard.getData("text/plain", true) || clipboard.getData("text");
      if (!html && !text) return;
      event.cancel();
      const marks = [...editor.getData().matchAll(/\[(?:Ảnh|Photo)\s*(\d+)\]/gi)].map((mark) => Number(mark[1]));
      ask({ html, text, first_picture: Math.max(0, ...marks) + 1 }).then(
        (answer) => {
          editor.insertHtml(answer.error ? asParagraphs(text) : answer.html);
          document.dispatchEvent(new CustomEvent("videos:pasted", { detail: answer.videos ?? [] }));
          line.textContent = answer.error ?? (answer.summary ? texts.textCleaned.replace("{changes}", answer.summary) : texts.textPlain);
        },
        () => {
          editor.insertHtml(asParagraphs(text));
          line.textContent = texts.textFailed;
        },
      );
    }, null, null, 1);
  }

  CKEDITOR.on("instanceReady", ({ editor }) => watch(editor));
  for (const editor of Object.values(CKEDITOR.instances)) if (editor.status === "ready") watch(editor);
}
