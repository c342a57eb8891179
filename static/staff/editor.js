/* Lets CKEditor 4 live without inline script.
 *
 * Its buttons carry their handlers as attributes, which the content policy blocks. The listeners
 * below read those attributes and make the one call that CKEditor would have made; any other code
 * in an attribute stays dead. */
(() => {
  "use strict";

  const EVENTS = ["click", "mousedown", "mouseup", "keydown", "focus", "blur", "mouseover", "mouseout"];
  const CALL = /CKEDITOR\.tools\.callFunction\(\s*(\d+)\s*(?:,\s*(this|event)\s*)?\)/g;

  function callInPlaceOfAttribute(event) {
    const attribute = `on${event.type}`;
    const element = event.target instanceof Element && event.target.closest(`[${attribute}]`);
    if (!element || !element.closest(".cke, .cke_dialog, .cke_panel, .cke_dialog_container")) return;
    const code = element.getAttribute(attribute);
    if (code.includes("MOUSE_BUTTON_LEFT") && event.button !== 0) return;
    let result;
    for (const [, number, argument] of code.matchAll(CALL)) {
      result = CKEDITOR.tools.callFunction(Number(number), argument === "event" ? event : element);
    }
    if (result === false || code.trimEnd().endsWith("return false;")) event.preventDefault();
  }

  for (const type of EVENTS) document.addEventListener(type, callInPlaceOfAttribute, true);

  const LABELS = {
    vi: { Heading2: "Đề mục", Heading3: "Đề mục nhỏ" },
    en: { Heading2: "Heading", Heading3: "Small heading" },
  };

  /* What CKEditor's own Vietnamese leaves in English, or says as nobody here would. */
  const WORDS = {
    vi: {
      common: { url: "Địa chỉ" },
      basicstyles: { bold: "Đậm", italic: "Nghiêng" },
      list: { bulletedlist: "Danh sách gạch đầu dòng", numberedlist: "Danh sách đánh số" },
      blockquote: { toolbar: "Trích dẫn" },
      removeformat: { toolbar: "Xóa định dạng" },
      undo: { undo: "Hoàn tác", redo: "Làm lại" },
      link: {
        toolbar: "Chèn hoặc sửa liên kết", unlink: "Bỏ liên kết", displayText: "Chữ hiển thị",
        type: "Dẫn tới", toUrl: "Một trang", toEmail: "Thư điện tử", toPhone: "Số điện thoại",
        phoneNumber: "Số điện thoại", noUrl: "Hãy gõ địa chỉ.",
        noTel: "Hãy gõ số điện thoại.", noEmail: "Hãy gõ địa chỉ thư điện tử.", emailAddress: "Địa chỉ thư",
        emailSubject: "Tiêu đề thư", emailBody: "Nội dung thư",
      },
      table: {
        toolbar: "Bảng", title: "Bảng", rows: "Số hàng", columns: "Số cột", headers: "Ô tiêu đề",
        headersNone: "Không có", headersRow: "Hàng đầu", headersColumn: "Cột đầu", headersBoth: "Cả hai",
        caption: "Tên bảng", summary: "Tóm tắt",
      },
    },
  };

  CKEDITOR.on("instanceCreated", ({ editor }) => {
    // CKEditor looks at the selection five times a second, and quick hands are quicker: a window that
    // opens before it has looked knows nothing of what was selected.
    editor.on("beforeCommandExec", () => editor.selectionChange(true));
    editor.once("langLoaded", () => {
      for (const [name, words] of Object.entries(WORDS[editor.langCode] ?? {})) Object.assign(editor.lang[name], words);
    });
  });

  /* An article links to pages, addresses and numbers; nothing in it can be jumped to. */
  CKEDITOR.on("dialogDefinition", ({ data: { name, definition } }) => {
    if (name !== "link") return;
    const info = definition.getContents("info");
    info.get("linkType").items = info.get("linkType").items.filter(([, kind]) => kind !== "anchor");
    const protocol = info.get("protocol");
    protocol.items = protocol.items.filter(([, scheme]) => ["http://", "https://", ""].includes(scheme));
    protocol.default = "https://";
  });

  CKEDITOR.plugins.add("headings", {
    init(editor) {
      const labels = LABELS[editor.langCode] || LABELS.en;
      for (const level of [2, 3]) {
        const name = `Heading${level}`;
        const style = new CKEDITOR.style({ element: `h${level}` });
        editor.addCommand(name, new CKEDITOR.styleCommand(style));
        editor.attachStyleStateChange(style, (state) => {
          if (!editor.readOnly) editor.getCommand(name).setState(state);
        });
        editor.ui.addButton(name, { label: labels[name], command: name, toolbar: "styles" });
      }
    },
  });
})();
