// Adds the reader's own time to opening hours, where the reader's clock is not that of Viet Nam.
const language = document.documentElement.lang;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
// A Monday soon: the difference may change with summer time.
const monday = new Date();
monday.setUTCDate(monday.getUTCDate() + ((8 - monday.getUTCDay()) % 7 || 7));
const day = monday.toISOString().slice(0, 10);

function here(clock) {
  const moment = new Date(`${day}T${clock}:00+07:00`);
  const time = moment.toLocaleTimeString(language, { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  const date = moment.toLocaleDateString("en-CA");
  return time + (date < day ? " (−1)" : date > day ? " (+1)" : "");
}

const isElsewhere = new Date(`${day}T12:00:00+07:00`).getTimezoneOffset() !== -420;
for (const list of isElsewhere ? document.querySelectorAll("[data-local-hours]") : []) {
  for (const row of list.querySelectorAll("[data-spans]")) {
    const spans = row.dataset.spans.trim().split(/\s+/);
    const times = spans.map((span) => span.split("-").map(here).join("–"));
    const line = document.createElement("dd");
    line.className = "opening-hours__local";
    line.textContent = `${list.dataset.localHours} (${zone}): ${times.join(", ")}`;
    row.append(line);
  }
}
