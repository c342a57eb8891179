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
