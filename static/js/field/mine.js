/* 我的上报：未能送达的、等着的、已发出的；可修改、重试、删除（删除要再按一次），办不成的任务可改作批注。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, main = document.querySelector('[data-mine]');
  if (!main || !Field.queue.usable()) return;
  const one = document.querySelector('template[data-unit]'), done = document.querySelector('template[data-sent-one]');
  const part = name => main.querySelector('[data-' + name + ']');
  const two = number => ('0' + number).slice(-2);
  const when = at => { const day = new Date(at); return two(day.getMonth() + 1) + '-' + two(day.getDate()) + ' ' + two(day.getHours()) + ':' + two(day.getMinutes()); };
  const report = error => console.error(error);

  const EDIT = { '/m/report/': '/m/report/?edit=', '/m/tasks/fix/': '/m/tasks/fix/?edit=', '/m/patrol/finding/': '/m/patrol/finding/?edit=' };

  function edit(unit) {  // 改的地方：表单重新打开；任务在任务页上取回，已不归我的点位和任务没有
    if (unit.state !== 'refused') return '';
    if (EDIT[unit.url]) return EDIT[unit.url] + unit.key;
    if (/^\/m\/checks\/[^/]+\/$/.test(unit.url) && unit.status !== 404) return unit.url + '?edit=' + unit.key;
    return /^\/m\/tasks\/[A-Z]/.test(unit.url) && unit.status !== 404 && unit.extra.act !== 'note' ? unit.url : '';
  }

  // 情况变了、办不成的：写的和拍的可以作为批注送交，人人看得到。
  const notable = unit => unit.state === 'refused' && [403, 409].indexOf(unit.status) >= 0 && /^\/m\/tasks\/[A-Z]/.test(unit.url) && unit.extra.act !== 'acknowledge';

  async function asNote(unit) {
    await Field.queue.put(Field.again.note(unit));
    await Field.queue.remove(unit.key);
    await Field.send.all();
  }

  function state(unit) {
    if (unit.state === 'waiting') return unit.sentence || '等待网络，联网后自动发出';
    return unit.sentence || '没有发成';
  }

  function card(unit) {
    const made = one.content.cloneNode(true).firstElementChild, find = name => made.querySelector('[data-' + name + ']');
    find('label').textContent = unit.label;
    find('when').textContent = when(unit.at) + ' 存入' + (unit.files.length ? '，照片 ' + unit.files.length + ' 张' : '');
    find('state').textContent = state(unit);
    find('state').classList.toggle('bad', unit.state !== 'waiting');
    find('retry').hidden = unit.state === 'held';
    find('edit').hidden = !edit(unit);
    find('edit').href = edit(unit) || '/m/mine/';
    find('as-note').hidden = !notable(unit);
    find('as-note').addEventListener('click', () => asNote(unit).catch(report));
    find('login').hidden = unit.state !== 'held';
    find('retry').addEventListener('click', () => Field.queue.retry(unit.key).then(Field.send.all).catch(report));
    find('remove').addEventListener('click', () => {
      const button = find('remove');
      if (button.hasAttribute('data-sure')) { Field.queue.remove(unit.key).catch(report); return; }
      button.setAttribute('data-sure', '');
      button.lastElementChild.textContent = '照片也会删去，再按一次删除';
    });
    return made;
  }

  function line(row) {
    const made = done.content.cloneNode(true).firstElementChild, link = made.querySelector('[data-link]'), answer = row.answer || {};
    link.href = answer.url || '/m/mine/';
    made.querySelector('[data-label]').textContent = row.label;
    made.querySelector('[data-when]').textContent = when(row.at) + (answer.joined ? ' 并入附近同一件' : ' 已收到');
    made.querySelector('[data-code]').textContent = answer.code || answer.number || '';
    return made;
  }

  function fill(list, rows, make) {
    list.textContent = '';
    rows.forEach(row => list.appendChild(make(row)));
  }

  async function paint() {
    const who = main.getAttribute('data-who');
    const units = await Field.queue.all(), sent = (await Field.queue.sent()).filter(row => row.who === who);
    const refused = units.filter(unit => unit.state === 'refused'), waiting = units.filter(unit => unit.state !== 'refused');
    fill(part('refused-list'), refused, card);
    fill(part('units-list'), waiting, card);
    part('refused').hidden = !refused.length;
    fill(part('sent-list'), sent, line);
    part('units').hidden = !waiting.length;
    part('sent').hidden = !sent.length;
    if (part('nothing')) part('nothing').hidden = Boolean(units.length || sent.length);
  }

  const draw = () => paint().catch(report);
  Field.queue.onChange(draw);
  part('send-now').addEventListener('click', () => Field.send.all().then(draw).catch(report));
  draw();
})(self);
