// A photo in its largest size over the page; without scripts its link opens the file itself.
const dialog = document.querySelector("[data-larger-dialog]");

for (const link of document.querySelectorAll("a[data-larger]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const figure = link.closest("figure");
    const picture = figure.querySelector("picture").cloneNode(true);
    for (const source of picture.querySelectorAll("[sizes]")) source.sizes = "100vw";
    picture.querySelector("img").loading = "eager";
    const caption = document.createElement("p");
    caption.textContent = figure.querySelector("figcaption").innerText;
    dialog.querySelector("[data-larger-place]").replaceChildren(picture, caption);
    dialog.showModal();
  });
}
