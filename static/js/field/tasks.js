/* 我的任务：距离、按距离排、本机待发的标出来；有网络时把任务页和整改前照片先存好，没有网络也能看、能办。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, main = document.querySelector('[data-tasks]');
  if (!main) return;
  const MOST_KEPT = 20, RADIUS_M = 6371000;
  const cards = Array.prototype.slice.call(main.querySelectorAll('[data-card]')), box = main.querySelector('[data-cards]');
  const sort = main.querySelector('[data-sort]'), order = main.querySelector('[data-order]');
  const byTime = cards.slice(), timeWords = order ? order.textContent : '';
  const report = error => console.error(error);
  let here = null;

  function said() {  // 上一页办成了什么
    const note = main.querySelector('[data-said]'), words = sessionStorage.getItem('task-said');
    sessionStorage.removeItem('task-said');
    note.hidden = !words;
    note.lastElementChild.textContent = words || '';
  }

  function metres(card) {
    if (!here || !card.hasAttribute('data-lon')) return Infinity;
    const turn = Math.PI / 180, lon = Number(card.getAttribute('data-lon')), lat = Number(card.getAttribute('data-lat'));
    const x = (lon - here.lon) * turn * Math.cos((lat + here.lat) / 2 * turn), y = (lat - here.lat) * turn;
    return Math.sqrt(x * x + y * y) * RADIUS_M;
  }

  const words = far => far < 1000 ? Math.max(10, Math.round(far / 10) * 10) + ' 米' : (far / 1000).toFixed(1) + ' 公里';

  function measure(fix) {
    if (!fix) return;
    here = fix;
    cards.forEach(card => {
      const far = metres(card), place = card.querySelector('[data-metres]');
      place.hidden = !isFinite(far);
      if (isFinite(far)) place.lastElementChild.textContent = words(far);
    });
  }

  function arrange(by) {
    const near = by === 'near';
    const wanted = near ? byTime.slice().sort((one, other) => metres(one) - metres(other) || byTime.indexOf(one) - byTime.indexOf(other)) : byTime;
    wanted.forEach(card => box.appendChild(card));
    Array.prototype.forEach.call(sort.children, button => button.setAttribute('aria-pressed', String(button.getAttribute('data-by') === by)));
    order.textContent = near ? '按距离排序（本页），没有位置的在后。' : timeWords;
  }

  async function choose(by) {
    if (by === 'near' && !here) {
      order.textContent = '正在定位…';
      measure(await Field.position.device());
      if (!here) { arrange('time'); order.textContent = '没有取到位置，仍按时限排序。请允许定位后再试。'; return; }
    }
    arrange(by);
  }

  async function quietly() {  // 早就允许过定位的，直接显示距离；没有问过的不打扰
    if (!navigator.permissions || !cards.length) return;
    const asked = await navigator.permissions.query({ name: 'geolocation' });
    if (asked.state === 'granted') measure(await Field.position.device());
  }

  async function unsent() {
    const waiting = (await Field.queue.all()).map(unit => unit.url);
    cards.forEach(card => { card.querySelector('[data-unsent]').hidden = waiting.indexOf('/m/tasks/' + card.getAttribute('data-number') + '/') < 0; });
  }

  async function keep() {
    if (!navigator.serviceWorker || navigator.onLine === false) return;
    const worker = (await navigator.serviceWorker.ready).active, first = cards.slice(0, MOST_KEPT);
    const doors = Array.prototype.slice.call(main.querySelectorAll('[data-keep]'));  // 立查立改、点位检查：没开过的，没有网络也进得去
    worker.postMessage({ keep: [location.pathname + location.search].concat(doors.concat(first).map(link => link.getAttribute('href'))) });
    if (navigator.connection && navigator.connection.saveData) return;
    for (const card of first) {
      const photo = card.getAttribute('data-photo');
      if (photo) await fetch(photo, { credentials: 'same-origin' });
    }
  }

  said();
  if (sort && Field.queue.usable()) {
    sort.hidden = !cards.some(card => card.hasAttribute('data-lon'));
    sort.addEventListener('click', event => {
      const button = event.target.closest('[data-by]');
      if (button) choose(button.getAttribute('data-by')).catch(report);
    });
    quietly().catch(report);
  }
  if (Field.queue.usable()) {
    Field.queue.onChange(() => unsent().catch(report));
    unsent().catch(report);
  }
  scope.addEventListener('load', () => keep().catch(error => console.warn(error)));
})(self);
