/* A click on the photo chooses the focal point nearest to it; the radio buttons below say the same. */
const figure = document.querySelector("[data-focus]");

if (figure) {
  const radios = [...document.querySelectorAll(`[name="${figure.dataset.focus}"]`)];
  const third = (share) => (share < 1 / 3 ? 0 : share > 2 / 3 ? 2 : 1);
  const name = (across, down) => [["top", "", "bottom"][down], ["left", "", "right"][across]].filter(Boolean).join("-") || "centre";
  const show = () => { figure.dataset.point = radios.find((radio) => radio.checked)?.value ?? "centre"; };

  figure.querySelector("img").addEventListener("click", (event) => {
    const box = event.target.getBoundingClientRect();
    const wanted = name(third((event.clientX - box.left) / box.width), third((event.clientY - box.top) / box.height));
    const radio = radios.find((each) => each.value === wanted);
    if (radio) { radio.checked = true; show(); }
  });
  for (const radio of radios) radio.addEventListener("change", show);
  show();
}
