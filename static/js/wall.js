// The wall refreshes itself: every minute it asks for its own page (304 when nothing changed), takes over the regions
// [data-live] and what chart and map show, and keeps everything when the network is gone, saying how old it is.
// A revoked link (404) empties the wall. Nothing is loaded anew, so that a lost connection never leaves a blank screen;
// and what stands on it is kept with its files, so that a machine switched on without a network shows it too (sw/wall.js).
const EVERY = 60_000, LATE = 150_000, MINUTE = 60_000, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const wall = document.querySelector('[data-wall]');
const clock = wall.querySelector('[data-wall-clock]'), day = wall.querySelector('[data-wall-day]'), age = wall.querySelector('[data-wall-age]');
const zone = { timeZone: 'Asia/Shanghai' };
const time = moment => moment.toLocaleTimeString('zh-CN', { ...zone, hour: '2-digit', minute: '2-digit', hour12: false });
const date = moment => moment.toLocaleDateString('zh-CN', { ...zone, month: 'long', day: 'numeric' });
const filesOf = page => [...page.querySelectorAll('link[href], script[src]')].map(one => one.getAttribute('href') || one.getAttribute('src')).join();
const files = filesOf(document);
let fresh = Date.now(), closed = false, started = false;

async function keep(answer, text) {
  if (!window.caches || filesOf(new DOMParser().parseFromString(text, 'text/html')) !== files) return;  // a newer edition: its files are not here
  const kept = await caches.open('wall');
  await kept.put(location.pathname, answer);
  const there = new Set((await kept.keys()).map(one => one.url));
  const used = new Set(performance.getEntriesByType('resource').map(one => one.name.split('#')[0]));
  const wanted = [...used].filter(one => one.startsWith(location.origin) && !there.has(one) && !new URL(one).pathname.startsWith('/wall/'));
  await Promise.all(wanted.map(one => kept.add(one)));
}

async function keptSince() {
  const kept = window.caches && await caches.match(location.pathname, { cacheName: 'wall', ignoreVary: true });
  return kept ? Date.parse(kept.headers.get('Date')) : NaN;
}

function span(ms) {
  if (ms >= DAY) return `${Math.floor(ms / DAY)} 天`;
  return ms >= HOUR ? `${Math.floor(ms / HOUR)} 小时` : `${Math.floor(ms / MINUTE)} 分钟`;
}

function tick() {
  const now = new Date(), old = Date.now() - fresh;
  clock.textContent = time(now);
  day.textContent = `${now.toLocaleDateString('zh-CN', { ...zone, year: 'numeric', month: 'long', day: 'numeric' })} ${now.toLocaleDateString('zh-CN', { ...zone, weekday: 'short' })}`;
  if (closed) return;
  const words = old > LATE ? `连接中断，数据是 ${date(new Date(fresh))} ${time(new Date(fresh))} 的，已 ${span(old)}` : '每 60 秒更新';
  if (age.textContent !== words) age.textContent = words;
  age.classList.toggle('is-old', old > LATE);
}

function take(text) {
  const page = new DOMParser().parseFromString(text, 'text/html'), next = page.querySelector('[data-wall]');
  if (!next) return false;  // some other page answered, a proxy's perhaps
  next.querySelectorAll('[data-live]').forEach(region => {
    const here = wall.querySelector(`[data-live="${region.dataset.live}"]`);
    if (here && here.innerHTML !== region.innerHTML) here.replaceChildren(...region.childNodes);
  });
  for (const name of ['chart', 'map']) {
    const here = wall.querySelector(`[data-${name}]`), there = next.querySelector(`[data-${name}]`);
    if (here.dataset[name] !== there.dataset[name]) here.dataset[name] = there.dataset[name];
    here.setAttribute('aria-label', there.getAttribute('aria-label'));
  }
  return true;
}

function close() {
  closed = true;
  if (window.caches) caches.delete('wall');
  wall.querySelectorAll('[data-live], .big__map, .big__col').forEach(region => region.replaceChildren());
  age.textContent = '这个大屏链接已作废，请向系统管理员要新的。';
  age.classList.add('is-old');
}

async function ask() {
  if (closed) return;
  const stop = new AbortController(), patience = setTimeout(() => stop.abort(), 30_000);
  try {
    const answer = await fetch(location.pathname, { cache: 'no-cache', credentials: 'same-origin', signal: stop.signal, redirect: 'error' });
    const copy = answer.clone(), text = answer.ok ? await answer.text() : '';
    if (answer.status === 404) close();
    else if (answer.ok && take(text)) {
      fresh = Date.now();
      keep(copy, text).catch(fault => console.warn(fault));
    }
  } catch {  // no network: the numbers stay, and tick() says how old they are, also those of a page that was kept
    if (!started) fresh = await keptSince() || fresh;
  }
  started = true;
  clearTimeout(patience);
  tick();
}

setInterval(tick, 1000);
setInterval(ask, EVERY);
window.addEventListener('online', ask);
if (navigator.serviceWorker) navigator.serviceWorker.register('/wall/worker.js').catch(fault => console.warn(fault));
window.addEventListener('load', ask);
tick();
