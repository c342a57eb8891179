// Rows of a list are dragged, or moved by their buttons; the form sends them in the order they have.
for (const list of document.querySelectorAll("[data-order]")) {
  let dragged = null;
  for (const row of list.children) row.draggable = true;

  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("li");
    dragged.classList.add("order__row--dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    const over = event.target.closest("li");
    if (!dragged || !over || over.parentElement !== list) return;
    event.preventDefault();
    const box = over.getBoundingClientRect();
    const isBelow = event.clientY > box.top + box.height / 2;
    if (over !== dragged) over[isBelow ? "after" : "before"](dragged);
  });
  list.addEventListener("dragend", () => {
    dragged?.classList.remove("order__row--dragged");
    dragged = null;
  });
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    const isUp = button.dataset.move === "up";
    const other = isUp ? row.previousElementSibling : row.nextElementSibling;
    if (other) other[isUp ? "before" : "after"](row);
    button.focus();
  });
}
