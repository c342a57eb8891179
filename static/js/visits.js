// The page may lie in a cache for some minutes: this brings the visit box to this minute.
const box = document.querySelector("[data-visits]");

async function freshen() {
  try {
    const answer = await fetch(box.dataset.visits, { credentials: "omit" });
    if (!answer.ok) return;
    const { as_of: asOf, figures = {} } = await answer.json();
    for (const shown of box.querySelectorAll("[data-figure]")) {
      const figure = figures[shown.dataset.figure];
      if (figure !== undefined) shown.textContent = figure;
    }
    const time = box.querySelector("[data-as-of]");
    if (asOf && time) time.textContent = asOf;
  } catch {
    // What the page says, with its time, stays true.
  }
}

if (box) {
  freshen();
  addEventListener("pageshow", (event) => {
    if (event.persisted) freshen();
  });
}
