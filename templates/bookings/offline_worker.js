// Service worker of the desk. It keeps the page without network and its files, nothing about anybody.
// Pages of the desk come from the network; when it fails, the kept page takes over with the code that was typed.

const KEPT = {{ kept|safe }};
const CACHE = `guichet-${KEPT.version}`;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) =>
        // The page is asked for without cookies: what is kept belongs to nobody.
        cache.addAll([new Request(KEPT.page, { credentials: "omit", cache: "reload" }), ...KEPT.files]),
      )
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(names.filter((name) => name.startsWith("guichet-") && name !== CACHE).map((name) => caches.delete(name))),
      )
      .then(() => self.clients.claim()),
  );
});

async function keptPage() {
  return (await caches.match(KEPT.page, { cacheName: CACHE })) ?? Response.error();
}

// The code that a form was about to send, if any.
async function typedIn(request) {
  const sent = request.method === "POST" ? await request.formData().catch(() => null) : null;
  return sent?.get("contremarque") ?? new URL(request.url).searchParams.get("contremarque") ?? "";
}

async function navigate(request) {
  const copy = request.clone();
  if (new URL(request.url).pathname === KEPT.page) return fetch(request).catch(keptPage);
  try {
    return await fetch(request);
  } catch {
    const code = await typedIn(copy);
    return Response.redirect(`${KEPT.page}#${encodeURIComponent(code)}`, 303);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate") {
    event.respondWith(navigate(request));
    return;
  }
  const { pathname, origin } = new URL(request.url);
  if (origin === self.location.origin && request.method === "GET" && KEPT.files.includes(pathname)) {
    const kept = () => caches.match(request, { cacheName: CACHE });
    event.respondWith(KEPT.plain ? fetch(request).catch(kept) : kept().then((file) => file ?? fetch(request)));
  }
});
