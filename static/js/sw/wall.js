// The wall opens again without a network: what wall.js kept stands in for what cannot be fetched. The question for new
// numbers, which wall.js asks of the page's own address, is never answered from there: it must be seen to fail.
self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET' || (!request.destination && new URL(request.url).pathname.startsWith('/wall/'))) return;
  event.respondWith(fetch(request).catch(async gone => {
    const kept = await caches.match(request, { cacheName: 'wall', ignoreVary: true });
    if (kept) return kept;
    throw gone;
  }));
});
