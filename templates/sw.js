{% load static %}// Keeps the hotline readable without a network. Everything else comes from the network, always.
const CACHE = "hotline";
const PAGES = [{% for page in pages %}{ path: "{{ page.path|escapejs }}", home: "{{ page.home|escapejs }}", note: "{{ page.note|escapejs }}", language: "{{ page.language }}" }{% if not forloop.last %}, {% endif %}{% endfor %}];
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const A_DAY = 24 * 3600 * 1000;

async function renew() {
  const cache = await caches.open(CACHE);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!FILES.includes(pathname) && !PAGES.some((page) => page.path === pathname)) await cache.delete(request);
  }
  await cache.addAll(FILES);
  for (const page of PAGES) {
    // Nobody reads it now: it is not counted as a visit.
    const answer = await fetch(page.path, { headers: { Purpose: "prefetch" }, credentials: "omit" });
    if (answer.ok) await cache.put(page.path, answer);
  }
}

async function isOld() {
  const kept = await caches.match(PAGES[0].path);
  return !kept || Date.now() - new Date(kept.headers.get("Date")) > A_DAY;
}

/** The kept hotline in the language of the address, with a line that says of when it is. */
async function kept(address) {
  const { pathname } = new URL(address);
  const page = PAGES.find((each) => each.home !== "/" && pathname.startsWith(each.home)) ?? PAGES[0];
  const answer = await caches.match(page.path);
  if (!answer) return Response.error();
  const since = new Date(answer.headers.get("Date")).toLocaleString(page.language);
  const html = await answer.text();
  const line = `<p class="ribbon" role="status"><span class="wrap"><strong>${page.note} ${since}</strong></span></p><main`;
  return new Response(html.replace("<main", line), { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

self.addEventListener("install", (event) => event.waitUntil(renew().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin || pathname.startsWith("/quan-tri/")) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => kept(request.url)));
    event.waitUntil(isOld().then((old) => old && renew()).catch(() => {}));
  } else if (FILES.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(pathname)));
  }
});
