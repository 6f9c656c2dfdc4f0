/* 随手拍：先拍照，位置自己来，选一类就能交。一件先存进本机队列，再发；脚本不能用时页面是普通表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, PATIENCE = 12000;
  const form = document.querySelector('form[data-report]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;

  const find = name => form.querySelector('[data-' + name + ']');
  const field = name => form.elements[name];
  const button = document.querySelector('[data-send]');
  const say = find('say'), kept = find('kept'), who = form.getAttribute('data-who');
  let key = '', sending = false;

  const chosen = () => form.querySelector('[name="category"]:checked');
  const category = () => chosen() ? chosen().value : '';
  const near = Field.near(form, { onPlace: told => { place.told(told.found, told.sentence); album.mark(told.found ? told.sentence : ''); }, onChoose: () => label() });
  const place = Field.place(form, { onFix: fix => near.look(fix, category()) });
  const album = Field.album(form, { most: MOST, onChange: photosChanged, onBad: complain });

  function lock(now) {  // 正在交的一件不能再动，不然新拍的会跟着它一起清掉
    sending = now;
    form.classList.toggle('is-sending', now);
    find('add').disabled = now;
    if (now) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
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

  function photosChanged(shots) {
    complain('');
    kept.hidden = true;
    shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
    place.ask().catch(error => console.error(error));
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
    key = '';
    album.set([]);
    near.clear();
    place.clear();
  }

  async function outcome() {  // 发出 → 回执页；被退 → 回到表单改；等网络 → 已存本机
    const mine = key;
    await Promise.race([Field.send.all(), new Promise(resolve => setTimeout(resolve, PATIENCE))]);
    const done = (await Field.queue.sent()).filter(row => row.key === mine)[0];
    if (done) { location.assign(done.answer.url); return; }
    const left = (await Field.queue.all()).filter(row => row.key === mine)[0];
    if (left && left.state === 'refused') {
      await Field.queue.remove(mine);
      complain(left.sentence);
      return;
    }
    clear();
    kept.hidden = false;
    kept.lastElementChild.textContent = left && left.sentence || '已存本机，联网后自动上传。可以接着报下一件。';
    scope.scrollTo(0, 0);
  }

  async function submit() {
    const refusal = album.busy() ? ['照片还在处理，请稍等一下再提交。', button] : wrong();
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    complain('');
    key = key || Field.queue.newKey();
    await Field.queue.put(unit());
    Field.send.later().catch(error => console.warn(error));
    await outcome();
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    lock(true);
    submit().catch(error => {
      console.error(error);
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => lock(false));
  });
  form.addEventListener('change', event => { if (event.target.name === 'category' && place.fix()) near.look(place.fix(), category()); });

  async function restore(wanted) {  // 从“我的上报”回来修改一件
    const unit = (await Field.queue.all()).filter(row => row.key === wanted)[0];
    if (!unit) return;
    key = unit.key;
    unit.fields.filter(pair => ['category', 'community', 'address', 'words', 'name', 'phone'].indexOf(pair[0]) >= 0)
      .forEach(pair => { if (field(pair[0])) field(pair[0]).value = pair[1]; });
    album.set(unit.files.map(file => ({ blob: file.blob, name: file.name, exif: null, shown: !/heic$/.test(file.name) })));
    await Field.ground.load().catch(error => console.warn(error));
    place.put(unit.extra && unit.extra.fix);
    complain(unit.sentence);
  }

  find('plain').hidden = true;
  find('shots').hidden = false;
  form.querySelector('#id_photos').removeAttribute('name');
  const wanted = /[?&]edit=([0-9a-f]{32})/.exec(location.search);
  if (wanted) restore(wanted[1]).catch(error => console.error(error));
})(self);
