// Reports that this page is being looked at, once it really is: not while it is made ahead of time,
// and again when the browser brings it back from its memory.
const script = document.querySelector("[data-beacon]");

function report(referrer) {
  const address = new URL(script.dataset.beacon, location.href);
  address.searchParams.set("r", referrer);
  navigator.sendBeacon(address);
}

if (document.prerendering) {
  document.addEventListener("prerenderingchange", () => report(document.referrer), { once: true });
} else {
  report(document.referrer);
}
addEventListener("pageshow", (event) => {
  if (event.persisted) report("");
});
