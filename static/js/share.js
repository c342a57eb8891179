// Where the device has a sheet of its own for sharing, the button that opens it is shown.
for (const place of document.querySelectorAll("[data-share]")) {
  const button = place.querySelector("[data-share-sheet]");
  if (!navigator.share || !button) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.share({ title: place.dataset.shareTitle, url: place.dataset.share });
    } catch (error) {
      // Who closes the sheet has changed his mind; that is no error.
      if (error.name !== "AbortError") throw error;
    }
  });
}
