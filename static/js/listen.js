// Reads the article aloud by a voice of the device, sentence after sentence, each one marked.
// The button is shown only where there is a voice for the language of the text.
const button = document.querySelector("[data-listen]");
const article = document.querySelector("article");
const language = document.documentElement.lang;
const READ = "h1, .prose p, .prose li, .prose h2, .prose h3, .prose td, .prose th, figcaption";

function voice() {
  const all = speechSynthesis.getVoices().filter((each) => each.lang.toLowerCase().startsWith(language));
  return all.find((each) => each.localService) ?? all[0];
}

/** Every sentence as a range of the page, in the order of the text. */
function* sentences() {
  const cut = new Intl.Segmenter(language, { granularity: "sentence" });
  for (const block of article.querySelectorAll(READ)) {
    if (block.querySelector(READ) || !block.checkVisibility()) continue;
    const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
    const nodes = [];
    while (walker.nextNode()) nodes.push(walker.currentNode);
    const text = nodes.map((node) => node.data).join("");
    for (const { segment, index } of cut.segment(text)) {
      if (!segment.trim()) continue;
      const range = document.createRange();
      range.setStart(...place(nodes, index));
      range.setEnd(...place(nodes, index + segment.trimEnd().length));
      yield range;
    }
  }
}

function place(nodes, offset) {
  for (const node of nodes) {
    if (offset <= node.length) return [node, offset];
    offset -= node.length;
  }
  const last = nodes.at(-1);
  return [last, last.length];
}

function mark(range) {
  if (!("highlights" in CSS)) return;
  if (range) CSS.highlights.set("spoken", new Highlight(range));
  else CSS.highlights.delete("spoken");
}

function keepInView(range) {
  const { top, bottom } = range.getBoundingClientRect();
  if (top >= 0 && bottom <= innerHeight) return;
  range.startContainer.parentElement.scrollIntoView({ block: "center" });
}

let reading = null;

function stop() {
  reading = null;
  speechSynthesis.cancel();
  mark(null);
  button.querySelector("span").textContent = button.dataset.listenStart;
}

function readOn(all, me) {
  const { value: range, done } = all.next();
  if (reading !== me) return;
  if (done) return stop();
  const utterance = new SpeechSynthesisUtterance(range.toString());
  utterance.voice = voice();
  utterance.lang = language;
  utterance.onend = () => reading === me && readOn(all, me);
  utterance.onerror = () => reading === me && stop();
  mark(range);
  keepInView(range);
  speechSynthesis.speak(utterance);
}

function offer() {
  button.hidden = !voice();
}

if (button && article && "speechSynthesis" in window && "Segmenter" in Intl) {
  button.dataset.listenStart = button.querySelector("span").textContent;
  button.addEventListener("click", () => {
    if (reading) return stop();
    reading = {};
    button.querySelector("span").textContent = button.dataset.listenStop;
    readOn(sentences(), reading);
  });
  addEventListener("pagehide", stop);
  speechSynthesis.addEventListener?.("voiceschanged", offer);
  offer();
}
