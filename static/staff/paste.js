/* What is pasted into the editor goes to the server first, which knows Word, LibreOffice and old
 * fonts, and comes back clean with a line on what was changed. Without the server: plain text.
 * Pictures that the clipboard carries become photos of the form: in the text itself, or, from Word,
 * beside it in RTF, while the text only points to files on the disk. */
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

  const fromBase64 = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const fromHex = (text) => Uint8Array.from(text.match(/[0-9a-f]{2}/gi) ?? [], (pair) => parseInt(pair, 16));
  const asFile = (bytes, kind, number) => new File([bytes], `${texts.textPicture} ${number}.${kind}`, { type: `image/${kind}` });
  const RTF_PICTURE = /\\(png|jpeg)blip(?:\\[a-z]+-?\d* ?)*\s*(?:\{\\\*\\blipuid [0-9a-f]+\})?\s*([0-9a-f\s]{40,})\}/gi;
  const IMAGE = /(<img\b[^>]*?\bsrc\s*=\s*)("[^"]*"|'[^']*'|[^\s>]+)/gi;
  const address = (text) => text.replace(/^["']|["']$/g, "");

  /* The HTML with “data:,1” for the first picture that came along, and those pictures. */
  function pictures(html, rtf) {
    if (!document.querySelector("[data-photos]")) return { marked: html, files: [] };
    const local = [...html.matchAll(IMAGE)].filter((image) => address(image[2]).startsWith("file:")).length;
    // A list may have pictures for points, which stand in the text nowhere.
    const drawn = local ? [...rtf.replace(/\{\\\*\\listpicture[\s\S]*?\}\}\}/g, "").matchAll(RTF_PICTURE)] : [];
    const files = [];
    let at = 0;
    const marked = html.replace(IMAGE, (whole, before, quoted) => {
      const from = address(quoted);
      const inside = /^data:image\/(png|jpe?g|webp|avif);base64,([a-z0-9+/=\s]+)$/i.exec(from);
      if (inside) files.push(asFile(fromBase64(inside[2]), inside[1].toLowerCase(), files.length + 1));
      else if (from.startsWith("file:") && drawn.length === local) {
        const [, kind, hex] = drawn[at++];
        files.push(asFile(fromHex(hex), kind.toLowerCase(), files.length + 1));
      } else return whole;
      return `${before}"data:,${files.length}"`;
    });
    return { marked, files };
  }

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
      const { marked, files } = pictures(html, clipboard.getData("text/rtf", true) || "");
      const rows = Number(document.getElementById("id_photos-TOTAL_FORMS")?.value ?? 0);
      const marks = [...editor.getData().matchAll(/\[(?:Ảnh|Photo)\s*(\d+)\]/gi)].map((mark) => Number(mark[1]));
      ask({ html: marked, text, first_picture: Math.max(rows, ...marks) + 1 }).then(
        (answer) => {
          editor.insertHtml(answer.error ? asParagraphs(text) : answer.html);
          document.dispatchEvent(new CustomEvent("videos:pasted", { detail: answer.videos ?? [] }));
          if (files.length) document.dispatchEvent(new CustomEvent("photos:pasted", { detail: (answer.pictures ?? []).map((number) => files[number - 1]) }));
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
