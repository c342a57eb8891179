/* Fields that are searched in carry no name of their own for a screen reader: that of their label. */
function name(root) {
  for (const box of root.querySelectorAll("select.admin-autocomplete + .select2 :is([role=combobox], [role=textbox], .select2-search__field)")) {
    const field = box.closest(".select2").previousElementSibling;
    const label = document.querySelector(`label[for="${CSS.escape(field.id)}"]`);
    box.setAttribute("aria-label", label?.textContent.replace(/:\s*$/, "").trim() ?? field.name);
  }
}

window.addEventListener("load", () => setTimeout(() => name(document)));
document.addEventListener("formset:added", (event) => setTimeout(() => name(event.target)));
