{% load static %}// Keeps the hotline and the articles read last readable without a network. While there is one, everything
// comes from it; what is no longer on the site is forgotten.
const HOTLINE = "hotline";
const READ = "read";
const MOST_READ = 20;
const PAGES = [{% for page in pages %}{ path: "{{ page.path|escapejs }}", home: "{{ page.home|escapejs }}", news: "{{ page.news|escapejs }}", note: "{{ page.note|escapejs }}", articleNote: "{{ page.article_note|escapejs }}", language: "{{ page.language }}" }{% if not forloop.last %}, {% endif %}{% endfor %}];
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const NEVER = [{% for path in never %}"{{ path|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const A_DAY = 24 * 3600 * 1000;

// Nobody reads it now: it is not counted as a visit.
const ask = (path) => fetch(path, { headers: { Purpose: "prefetch" }, credentials: "omit" });

async function renew() {
  const cache = await caches.open(HOTLINE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!FILES.includes(pathname) && !PAGES.some((page) => page.path === pathname)) await cache.delete(request);
  }
  await cache.addAll(FILES);
  for (const page of PAGES) {
    const answer = await ask(page.path);
    if (answer.ok) await cache.put(page.path, answer);
  }
  await renewRead();
}

async function isOld() {
  const kept = await caches.match(PAGES[0].path);
  return !kept || Date.now() - new Date(kept.headers.get("Date")) > A_DAY;
}

function isArticle(pathname) {
  const page = PAGES.find((each) => pathname.startsWith(each.news));
  return Boolean(page) && /^[a-z0-9-]+-\d+\/$/.test(pathname.slice(page.news.length));
}

/** The articles read last, each as it was; the one read longest ago goes first. */
async function keepRead(pathname, answer) {
  const cache = await caches.open(READ);
  await cache.delete(pathname);
  if (answer.ok && !answer.redirected) await cache.put(pathname, answer);
  const all = await cache.keys();
  for (const request of all.slice(0, Math.max(0, all.length - MOST_READ))) await cache.delete(request);
}

/** What was withdrawn meanwhile is forgotten, though nobody opens it again. */
async function renewRead() {
  const cache = await caches.open(READ);
  for (const request of await cache.keys()) {
    const answer = await ask(request.url);
    if (answer.status === 404 || answer.status === 410 || answer.redirected) await cache.delete(request);
    else if (answer.ok) await cache.put(request, answer);
  }
}

function pageOf(pathname) {
  return PAGES.find((each) => each.home !== "/" && pathname.startsWith(each.home)) ?? PAGES[0];
}

/** The article, or else the hotline in the language of the address, with a line that says of when it is. */
async function kept(address) {
  const { pathname } = new URL(address);
  const page = pageOf(pathname);
  const article = await (await caches.open(READ)).match(pathname);
  const answer = article ?? (await caches.match(page.path));
  if (!answer) return Response.error();
  const since = new Date(answer.headers.get("Date")).toLocaleString(page.language);
  const html = await answer.text();
  const line = `<p class="ribbon" role="status"><span class="wrap"><strong>${article ? page.articleNote : page.note} ${since}</strong></span></p><main`;
  return new Response(html.replace("<main", line), { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function open(event) {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  try {
    const answer = await fetch(request);
    if (isArticle(pathname) && !search) event.waitUntil(keepRead(pathname, answer.clone()));
    return answer;
  } catch {
    return kept(request.url);
  }
}

self.addEventListener("install", (event) => event.waitUntil(renew().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin || NEVER.some((path) => pathname.startsWith(path))) return;
  if (request.mode === "navigate") {
    event.respondWith(open(event));
    event.waitUntil(isOld().then((old) => old && renew()).catch(() => {}));
  } else if (FILES.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(pathname)));
  }
});
