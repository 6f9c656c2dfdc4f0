/* 检查一处点位：拍照、选结论就能交，位置自己来；先存本机队列再发，有问题的到了服务器就成案件。没有脚本时是普通表单。
   页面是存着的，会用不止一次：幂等键在提交时才取，不用页面上的。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, RADIUS_M = 6371000;
  const form = document.querySelector('form[data-check]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name], say = find('say');
  const who = form.getAttribute('data-who'), name = form.getAttribute('data-name'), report = error => console.error(error);
  const button = document.querySelector('[data-send]'), grid = find('where').textContent;
  const KEPT = ['verdict', 'category', 'words'], draft = Field.draft.hold('check ' + form.getAttribute('action'), who, content);
  const album = Field.album(form, { most: MOST, onBad: complain, onChange: shots => {
    complain('');
    draft.later();
    shots.forEach(shot => { if (!fix) offer(Field.position.ofPhoto(shot.exif)); });
  } });
  let fix = null, key = '', old = null, pressed = 0, sending = false;

  const chosen = from => form.querySelector('[name="' + from + '"]:checked');
  const value = from => chosen(from) ? chosen(from).value : from === 'words' ? field(from).value : '';

  function content() {
    if (sending || old) return undefined;
    return album.shots().length ? { fields: KEPT.map(each => [each, value(each)]), shots: album.shots(), fix: fix } : null;
  }

  function complain(sentence, target) {
    say.hidden = !sentence;
    say.lastElementChild.textContent = sentence || '';
    if (!sentence) return;
    say.scrollIntoView({ block: 'center' });
    (target || say).focus({ preventScroll: true });
  }

  function away() {  // 离点位多少米；道路是一条线，由服务器算
    if (!form.hasAttribute('data-lon')) return null;
    const turn = Math.PI / 180, lon = Number(form.getAttribute('data-lon')), lat = Number(form.getAttribute('data-lat'));
    const x = (lon - fix.lon) * turn * Math.cos((lat + fix.lat) / 2 * turn), y = (lat - fix.lat) * turn;
    return Math.round(Math.sqrt(x * x + y * y) * RADIUS_M);
  }

  function offer(found) {
    fix = found || fix;
    draft.later();
    if (!fix) { find('where').textContent = grid + '，没有取到位置，照样可以交'; return; }
    const metres = away(), far = metres !== null && metres > Number(form.getAttribute('data-far'));
    find('where').textContent = metres === null ? grid + '，' + Field.position.words(fix) : grid + '，离点位 ' + metres + ' 米' + (far ? '，较远，会标出来' : '');
  }

  const trouble = () => Boolean(chosen('verdict') && chosen('verdict').value === 'trouble');

  function choose() {
    find('trouble').hidden = !trouble();
    button.textContent = sending ? '正在提交…' : trouble() ? '提交，转案件' : '提交检查';
  }

  function lock(now) {
    sending = now;
    form.classList.toggle('is-sending', now);
    if (now) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
    choose();
  }

  function wrong() {
    if (album.busy()) return ['照片还在处理，请稍等一下再提交。', button];
    if (!album.shots().length) return ['请至少拍一张照片。', find('add')];
    if (!chosen('verdict')) return ['请选“正常”或“有问题”。', form.querySelector('[name="verdict"]')];
    if (trouble() && !chosen('category')) return ['有问题的，请选一类问题。', form.querySelector('[name="category"]')];
    return null;
  }

  function unit() {
    const told = { key: key, who: who, pressed: String(pressed), verdict: chosen('verdict').value, category: trouble() ? chosen('category').value : '', words: field('words').value };
    ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(each => { told[each] = fix ? String(fix[each]) : ''; });
    return {
      key: key, url: form.getAttribute('action'), who: who, extra: { fix: fix }, label: '检查 ' + name + '：' + chosen('verdict').parentNode.textContent.trim(),
      fields: Object.keys(told).map(each => [each, told[each]]), files: album.shots().map(shot => ({ field: 'photos', name: shot.name, blob: shot.blob })),
    };
  }

  async function submit() {
    key = key || Field.queue.newKey();
    pressed = pressed || Date.now();  // 检查的时间：以后补传也是这个
    if (!old) await draft.drop().catch(report);  // 从这里起归队列管：页面没了也不会再报一次
    const done = await Field.send.hand(unit(), { instead: old, keep: () => Boolean(old) });
    if (done.refused) { draft.later(); complain(done.refused.sentence); return; }
    sessionStorage.setItem('check-said', done.sent ? done.sent.answer.sentence : done.kept && done.kept.sentence || name + '：已存本机，联网后自动发出');
    Field.leave('/m/checks/');
  }

  async function takeUp(what) {  // 拍照时页面被挤掉、没交就走开的：回来还在
    if (!what || album.shots().length) return;
    Field.again.fill(form, what, KEPT);
    album.set(what.shots.map(shot => Object.assign({}, shot, { address: '' })));
    if (what.fix) offer(what.fix);
    choose();
    find('kept').hidden = false;
    find('kept').lastElementChild.textContent = '上次没交的内容已取回。';
  }

  async function restore() {  // 从“我的上报”回来修改一件：时间和位置还是原来的
    old = await Field.again.open(who);
    if (!old) { await takeUp(await draft.read()); return; }
    key = Field.again.key(old);
    pressed = Number(Field.again.value(old, 'pressed'));
    Field.again.fill(form, old, KEPT);
    album.set(Field.again.shots(old, 'photos'));
    offer(old.extra && old.extra.fix);
    choose();
    complain(old.sentence);
  }

  form.addEventListener('input', draft.later);
  form.addEventListener('change', () => {
    if (!say.hidden) complain('');  // 动手改了，先前的话就收起来
    choose();
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    const refusal = wrong();
    complain('');
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    lock(true);
    submit().catch(error => {
      report(error);
      draft.later();
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => lock(false));
  });
  find('plain').hidden = true;
  find('shots').hidden = false;
  form.querySelector('#id_photos').removeAttribute('name');
  choose();
  find('where').textContent = grid + '，正在定位…';
  restore().then(() => { if (!old && !fix) return Field.position.device().then(offer); }).catch(report);
})(self);
