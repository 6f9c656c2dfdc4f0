/* 巡查日志：每次点按先存进本机队列再发（tally.js），页面上的数由服务器的和队列里等着的合成。没有脚本时是普通表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, form = document.querySelector('form[data-patrol]');
  if (!form || !Field.queue.usable()) return;
  const COUNT = '/m/patrol/', CLOSE = '/m/patrol/close/', REST = 400, FRESH = 10 * 60 * 1000, MOST = 99999, BEIJING = 8 * 3600 * 1000;
  const who = form.getAttribute('data-who'), shift = form.getAttribute('data-shift'), said = name => form.getAttribute('data-' + name);
  const part = name => document.querySelector('[data-' + name + ']'), rows = Array.prototype.slice.call(form.querySelectorAll('[data-counter]'));
  const box = name => form.elements[name], report = error => console.error(error), two = number => ('0' + number).slice(-2);
  const word = name => document.getElementById('id_' + name + '_word').textContent;
  const base = {}, pressing = {}, waiting = {};
  let chain = Promise.resolve(), timer = 0, busy = 0, sure = false;

  function dayNow() {  // 今天这一班是哪一天：夜里两点还是前一天的夜查
    const clock = new Date(Date.now() + BEIJING);
    if (shift === 'night' && clock.getUTCHours() < 8) clock.setUTCDate(clock.getUTCDate() - 1);
    return clock.getUTCFullYear() + '-' + two(clock.getUTCMonth() + 1) + '-' + two(clock.getUTCDate());
  }

  const young = Math.abs(Date.now() - Number(said('now'))) < FRESH, day = young ? said('day') : dayNow(), stale = day !== said('day');
  let turn = stale ? -1 : Number(said('turn')), closed = !stale && said('closed') !== null, closing = closed;
  const value = name => base[name] + (waiting[name] || 0) + (pressing[name] || 0);
  const here = told => told && told.day === day && told.shift === shift;
  const envelope = key => [['key', key], ['who', who], ['day', day], ['shift', shift], ['pressed', String(Date.now())]];

  function paint() {
    rows.forEach(row => {
      const name = row.getAttribute('data-counter'), buttons = row.querySelectorAll('button');
      if (document.activeElement !== box(name)) box(name).value = String(value(name));
      box(name).readOnly = closing;
      buttons[0].disabled = closing || value(name) <= 0;
      buttons[1].disabled = closing;
    });
    if (part('close')) part('close').hidden = closing;
  }

  function complain(sentence, target) {
    const say = part('say');
    say.hidden = !sentence;
    say.querySelector('p').textContent = sentence || '';
    if (sentence) (target || say).focus();
  }

  // 队列里等着的和已经收下的，合成页面上的数。
  async function refresh() {
    const units = (await Field.queue.all()).filter(unit => unit.who === who && here(unit.extra));
    const sent = (await Field.queue.sent()).filter(row => row.who === who && here(row.answer)), gone = sent.map(row => row.key);
    sent.forEach(row => {
      if (!row.answer.counters || row.answer.turn < turn) return;
      turn = row.answer.turn;
      closed = row.answer.closed;
      Object.keys(base).forEach(name => { base[name] = row.answer.counters[name]; });
    });
    const left = units.filter(unit => unit.state !== 'refused' && gone.indexOf(unit.key) < 0), last = left.some(unit => unit.url === CLOSE);
    Object.keys(base).forEach(name => { waiting[name] = left.reduce((sum, unit) => sum + (unit.extra.added && unit.extra.added[name] || 0), 0); });
    closing = closed || last;
    if (last) tell('日志已存本机，联网后自动上报。');
    const bad = units.filter(unit => unit.state === 'refused')[0];
    if (bad) complain(bad.sentence);
    paint();
  }

  // 一件：哪一班、增减多少、从什么时候起；同一个 key 再存就是替换。
  function unit(press, key, added, at) {
    const fields = [['key', key], ['who', press.who], ['day', press.day], ['shift', press.shift], ['pressed', String(at)]];
    const words = Object.keys(added).map(name => word(name) + (added[name] > 0 ? '+' : '') + added[name]).join('、');
    return {
      key: key, url: COUNT, who: press.who, label: '巡查 ' + press.day.slice(5) + '：' + words, extra: { day: press.day, shift: press.shift, added: added },
      fields: fields.concat(Object.keys(added).map(name => [name + '_by', String(added[name])])),
    };
  }

  function tell(sentence) {
    part('kept').hidden = false;
    part('kept').lastElementChild.textContent = sentence;
  }

  async function send() {
    Field.send.later().catch(error => console.warn(error));
    const done = await Field.send.all();
    if (done.sent && done.left) await send();
  }

  const soon = () => { clearTimeout(timer); timer = setTimeout(() => send().catch(report), REST); };

  function press(name, by) {
    const real = Math.min(Math.max(by, -value(name)), MOST - value(name));
    if (!real || closing) { paint(); return; }
    pressing[name] = (pressing[name] || 0) + real;
    busy += 1;
    paint();
    const added = {};
    added[name] = real;
    const note = Field.tally.note({ who: who, day: day, shift: shift, added: added });
    chain = chain.then(() => Field.tally.keep(note, unit)).catch(error => {
      report(error);
      complain('本机没有存成，可能空间不足。刚才的点按没有记上。');
    }).then(() => { pressing[name] -= real; busy -= 1; return refresh(); }).then(soon, report);
  }

  async function close() {
    await chain;
    if (!value('persons')) { complain('还没有记出动人次。请先记人次，再上报日志。', box('persons')); return; }
    if (!sure) {
      sure = true;
      part('close').lastElementChild.textContent = '上报后数字不能再改，再按一次上报';
      return;
    }
    const key = Field.queue.newKey(), fields = envelope(key).concat([['sure', 'on'], ['area', box('area').value], ['note', box('note').value]]);
    await Field.queue.put({ key: key, url: CLOSE, who: who, label: '上报巡查日志 ' + day.slice(5), fields: fields, extra: { day: day, shift: shift } });
    await send();
    if ((await Field.queue.sent()).some(row => row.key === key)) location.assign(COUNT + '?shift=' + shift);
  }

  rows.forEach(row => {
    const name = row.getAttribute('data-counter'), buttons = row.querySelectorAll('button'), input = box(name);
    base[name] = stale ? 0 : Number(box(name + '_seen').value);
    buttons[0].addEventListener('click', event => { event.preventDefault(); press(name, -1); });
    buttons[1].addEventListener('click', event => { event.preventDefault(); press(name, 1); });
    input.addEventListener('focus', () => input.select());
    input.addEventListener('blur', paint);
    input.addEventListener('change', () => { if (/^\d{1,5}$/.test(input.value.trim())) press(name, Number(input.value) - value(name)); });
  });
  form.addEventListener('submit', event => { event.preventDefault(); document.activeElement.blur(); });
  if (part('close')) part('close').addEventListener('click', event => { event.preventDefault(); close().catch(report); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden && dayNow() !== day) location.reload(); });
  Array.prototype.forEach.call(document.querySelectorAll('[data-plain]'), each => { each.hidden = true; });
  part('instant').hidden = false;
  if (stale) { part('date').textContent = Number(day.slice(5, 7)) + '月' + Number(day.slice(8)) + '日'; part('kept').hidden = true; }
  Field.patrol = { envelope: envelope, here: here, stale: stale, who: who, day: day, shift: shift, send: send, complain: complain };
  Field.queue.onChange(() => { if (!busy) refresh().catch(report); });
  chain = Field.tally.recover(who, unit).catch(report).then(refresh).then(soon, report);
  scope.addEventListener('load', () => {
    if (!navigator.serviceWorker || navigator.onLine === false) return;
    const pages = ['day', 'night'].map(one => COUNT + '?shift=' + one).concat(location.pathname + location.search, ['', '?shift=day', '?shift=night'].map(one => COUNT + 'finding/' + one));
    navigator.serviceWorker.ready.then(ready => ready.active.postMessage({ keep: pages })).catch(report);
  });
})(self);
