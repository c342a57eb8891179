// Before anything is drawn, so that nothing moves: the size of text that was chosen in this browser.
try {
  document.documentElement.dataset.textSize = localStorage.getItem("text-size") ?? "";
} catch {
  // A browser that keeps nothing shows the ordinary size.
}
