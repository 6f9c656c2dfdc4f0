/* 随手拍：先拍照，位置自己来，选一类就能交。一件先存进本机队列，再发；脚本不能用时页面是普通表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, KEPT = ['category', 'community', 'address', 'words'];
  const form = document.querySelector('form[data-report]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;

  const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name];
  const button = document.querySelector('[data-send]');
  const say = find('say'), kept = find('kept'), who = form.getAttribute('data-who'), report = error => console.error(error);
  let key = '', old = null, sending = false;

  const chosen = () => form.querySelector('[name="category"]:checked'), category = () => chosen() ? chosen().value : '';
  const near = Field.near(form, { onPlace: told => { place.told(told.found, told.sentence); album.mark(told.found ? told.sentence : ''); }, onChoose: () => label() });
  const place = Field.place(form, { onFix: fix => { near.look(fix, category()); draft.later(); } });
  const draft = Field.draft.hold('report', who, content);
  const album = Field.album(form, { most: MOST, onChange: photosChanged, onBad: complain });

  function content() {  // 电话和称呼不进草稿：手机也许几个人用
    const fields = KEPT.map(name => [name, name === 'category' ? category() : field(name).value]);
    return sending || old ? undefined : album.shots().length ? { fields: fields, shots: album.shots(), fix: place.fix() } : null;
  }

  const tell = words => { kept.hidden = false; kept.lastElementChild.textContent = words; };
  function lock(now) {  // 正在交的一件不能再动，不然新拍的会跟着它一起清掉
    sending = find('add').disabled = now;
    form.classList.toggle('is-sending', now);
    button.setAttribute('aria-disabled', String(now));
    label();
  }

  function label() {
    button.textContent = sending ? '正在提交…' : field('same_as').value ? '并入这件，提交' : '提交上报';
  }

  function complain(sentence, target) {
    say.hidden = !sentence;
    say.lastElementChild.textContent = sentence || '';
    if (!sentence) return;
    say.scrollIntoView({ block: 'center' });
    (target || say).focus({ preventScroll: Boolean(target) });
  }

  function named(errors) {  // 服务器说不对的那个框：露出来、标出来，光标放进去
    const box = Object.keys(errors || {}).map(field).filter(one => one && one.setAttribute && (one.offsetParent || one.closest('details')))[0];
    if (!box) return null;
    if (box.closest('details')) box.closest('details').open = true;
    box.setAttribute('aria-invalid', 'true');
    return box;
  }

  function photosChanged(shots) {
    complain('');
    kept.hidden = true;
    draft.later();
    shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
    place.ask().catch(report);
  }

  function wrong() {
    const fix = place.fix();
    if (!album.shots().length) return ['请至少拍一张照片。', find('add')];
    if (!category()) return ['请选一类问题。', form.querySelector('[name="category"]')];
    if (fix && place.outside()) return [place.words(), find('adjust')];
    if (!fix && !field('community').value) return ['没有取到位置。请在地图上标，或选择所在社区并写明地点。', field('community')];
    if (!fix && field('address').value.trim().length < 2) return ['没有定位时，请写明地点，例如“西井大街北口”。', field('address')];
    return null;
  }

  function unit() {
    const fix = place.fix(), value = name => field(name) ? field(name).value : '';
    const told = { key: key, who: who, category: category(), community: fix ? '' : value('community') };
    ['address', 'words', 'name', 'phone', 'same_as'].forEach(name => { told[name] = value(name); });
    ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(name => { told[name] = fix ? String(fix[name]) : ''; });
    return {
      key: key, url: form.getAttribute('action'), who: who, extra: { fix: fix },
      label: chosen().parentNode.textContent.trim() + '，' + (fix ? place.words() : told.address),
      fields: Object.keys(told).map(name => [name, told[name]]),
      files: album.shots().map(shot => ({ field: 'photos', name: shot.name, blob: shot.blob })),
    };
  }

  function clear() {
    form.reset();
    key = ''; old = null;
    album.set([]);
    near.clear();
    place.clear();
  }

  function outcome(result) {  // 发出 → 回执页；被退 → 回到表单改；等网络 → 已存本机
    if (result.sent) { Field.leave(result.sent.answer.url); return; }
    draft.later();
    if (result.refused) { complain(result.refused.sentence, named(result.refused.errors)); return; }
    clear();
    tell(result.kept && result.kept.sentence || '已存本机，联网后自动上传。可以接着报下一件。');
    scope.scrollTo(0, 0);
  }

  async function submit() {
    let refusal = album.busy() ? ['照片还在处理，请稍等一下再提交。', button] : wrong();
    if (refusal && refusal[1] === field('community')) { await place.ready(); refusal = wrong(); }
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    complain('');
    key = key || Field.queue.newKey();
    if (!old) await draft.drop().catch(report);  // 从这里起归队列管：页面没了也不会再报一次
    outcome(await Field.send.hand(unit(), { instead: old, keep: () => Boolean(old) }));
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    lock(true);
    submit().catch(error => {
      report(error);
      draft.later();
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => lock(false));
  });
  form.addEventListener('input', draft.later);
  form.addEventListener('change', event => {  // 动手改了，先前的话就收起来
    event.target.removeAttribute('aria-invalid');
    if (!say.hidden) complain('');
    if (event.target.name === 'category' && place.fix()) near.look(place.fix(), category());
  });

  async function takeUp(what) {  // 拍照时页面被挤掉、没交就走开的：回来还在
    if (!what || album.shots().length) return;
    Field.again.fill(form, what, KEPT);
    album.set(what.shots.map(shot => Object.assign({}, shot, { address: '' })));
    await Field.ground.load().catch(error => console.warn(error));
    if (what.fix) place.put(what.fix); else place.ask().catch(report);
    tell('上次没交的内容已取回。');
  }

  async function restore() {  // 从“我的上报”回来修改一件
    old = await Field.again.open(who);
    if (!old) { await takeUp(await draft.read()); return; }
    key = Field.again.key(old);
    Field.again.fill(form, old, ['category', 'community', 'address', 'words', 'name', 'phone']);
    album.set(Field.again.shots(old, 'photos'));
    await Field.ground.load().catch(error => console.warn(error));
    place.put(old.extra && old.extra.fix);
    complain(old.sentence, named(old.errors));
  }

  find('plain').hidden = true; find('shots').hidden = false;
  form.querySelector('#id_photos').removeAttribute('name');
  restore().catch(report);
})(self);
