for (const button of document.querySelectorAll("[data-copy]")) {
  const label = button.querySelector("span");
  const words = label.textContent;
  // Beside the button: inside it, the announcement would take the button's name away.
  const status = document.createElement("span");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  button.after(status);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.textContent = status.textContent = button.dataset.copied;
    setTimeout(() => {
      label.textContent = words;
      status.textContent = "";
    }, 2500);
  });
}
