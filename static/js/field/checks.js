/* 点位检查的今日路线：从现在的位置起，每次去最近的下一处；本机待发的标出来；有网络时把路线和各点位的页面先存好。
   页面可能是存着的旧页：之后查过的（待发的、已收下的）在卡片上补上。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, main = document.querySelector('[data-checks]');
  if (!main) return;
  const MOST_KEPT = 60, RADIUS_M = 6371000, SAID = 'check-said';
  const list = selector => Array.prototype.slice.call(main.querySelectorAll(selector));
  const cards = list('[data-stop]'), box = main.querySelector('[data-stops]'), first = list('[data-stops] > [data-stop]');
  const sort = main.querySelector('[data-sort]'), order = main.querySelector('[data-order]'), plain = order ? order.textContent : '';
  const report = error => console.error(error);
  let here = null;

  function said() {  // 上一页交了什么
    const note = main.querySelector('[data-said]'), words = sessionStorage.getItem(SAID);
    sessionStorage.removeItem(SAID);
    note.hidden = !words;
    note.lastElementChild.textContent = words || '';
  }

  const spot = card => ({ lon: Number(card.getAttribute('data-lon')), lat: Number(card.getAttribute('data-lat')) });
  function metres(one, other) {
    const turn = Math.PI / 180, x = (one.lon - other.lon) * turn * Math.cos((one.lat + other.lat) / 2 * turn), y = (one.lat - other.lat) * turn;
    return Math.sqrt(x * x + y * y) * RADIUS_M;
  }

  const words = far => far < 1000 ? Math.max(10, Math.round(far / 10) * 10) + ' 米' : (far / 1000).toFixed(1) + ' 公里';
  const checked = card => card.getAttribute('data-state') === 'checked';

  function walk() {  // 每次去最近的下一处；刚查过的排在后面
    const left = first.filter(card => !checked(card)), path = [];
    let at = here;
    while (left.length) {
      const next = left.reduce((best, card) => metres(at, spot(card)) < metres(at, spot(best)) ? card : best);
      path.push(next);
      left.splice(left.indexOf(next), 1);
      at = spot(next);
    }
    return path.concat(first.filter(checked));
  }

  function arrange(by) {
    const near = by === 'near' && here, wanted = near ? walk() : first.filter(card => !checked(card)).concat(first.filter(checked));
    wanted.forEach((card, place) => {
      card.querySelector('[data-nth]').textContent = String(place + 1);
      box.appendChild(card);
    });
    list('[data-by]').forEach(button => button.setAttribute('aria-pressed', String(button.getAttribute('data-by') === (near ? 'near' : 'code'))));
    order.textContent = near ? '从现在的位置起，每次去最近的下一处。' : plain;
  }

  function measure(fix) {
    if (!fix) return;
    here = fix;
    cards.forEach(card => {
      const place = card.querySelector('[data-metres]');
      place.hidden = false;
      place.lastElementChild.textContent = words(metres(here, spot(card)));
    });
  }

  const asked = () => list('[data-by]').filter(button => button.getAttribute('aria-pressed') === 'true')[0].getAttribute('data-by');
  async function choose(by) {
    if (by === 'near' && !here) {
      order.textContent = '正在定位…';
      measure(await Field.position.device());
      if (!here) { arrange('code'); order.textContent = '没有取到位置，仍按编号排列。请允许定位后再试。'; return; }
    }
    arrange(by);
  }

  async function quietly() {  // 早就允许过定位的，直接排好路线；没有问过的不打扰
    if (!navigator.permissions) return;
    const allowed = await navigator.permissions.query({ name: 'geolocation' });
    if (allowed.state !== 'granted') return;
    measure(await Field.position.device());
    if (here) arrange('near');
  }

  const address = card => '/m/checks/' + card.getAttribute('data-stop') + '/';
  async function paint() {
    const who = main.getAttribute('data-who'), since = Number(main.getAttribute('data-now'));
    const units = (await Field.queue.all()).filter(unit => unit.who === who && unit.state !== 'refused').map(unit => unit.url);
    const sent = (await Field.queue.sent()).filter(row => row.who === who && row.answer && row.answer.received > since).map(row => row.url);
    cards.forEach(card => {
      const waits = units.indexOf(address(card)) >= 0, arrived = sent.indexOf(address(card)) >= 0;
      const done = Number(card.getAttribute('data-done')), planned = Number(card.getAttribute('data-planned'));
      card.querySelector('[data-unsent]').hidden = !waits;
      card.querySelector('[data-arrived]').hidden = waits || !arrived;
      if (first.indexOf(card) < 0) return;
      card.querySelector('[data-progress]').textContent = String(Math.min(planned, done + (waits || arrived ? 1 : 0)));
      if (waits || arrived) card.setAttribute('data-state', 'checked'); else card.removeAttribute('data-state');
    });
    if (box) arrange(asked());
  }

  async function keep() {
    if (!navigator.serviceWorker || navigator.onLine === false) return;
    const worker = (await navigator.serviceWorker.ready).active;
    worker.postMessage({ keep: [location.pathname].concat(cards.slice(0, MOST_KEPT).map(address)) });
  }

  said();
  if (sort && Field.queue.usable()) {
    sort.hidden = false;
    sort.addEventListener('click', event => {
      const button = event.target.closest('[data-by]');
      if (button) choose(button.getAttribute('data-by')).catch(report);
    });
    quietly().catch(report);
  }
  if (Field.queue.usable()) {
    Field.queue.onChange(() => paint().catch(report));
    paint().catch(report);
  }
  scope.addEventListener('load', () => keep().catch(error => console.warn(error)));
})(self);
