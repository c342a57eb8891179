const html = document.documentElement;

function show(buttons) {
  for (const button of buttons) button.ariaPressed = String(button.value === (html.dataset.textSize ?? ""));
}

for (const group of document.querySelectorAll("[data-text-sizes]")) {
  const buttons = group.querySelectorAll("button");
  for (const button of buttons) {
    button.addEventListener("click", () => {
      html.dataset.textSize = button.value;
      show(buttons);
      try {
        localStorage.setItem("text-size", button.value);
      } catch {
        // It holds for this page then.
      }
    });
  }
  show(buttons);
}
