/* 巡查中发现的问题：转案件或立查立改，一张表单；同样先存本机队列再发。没有脚本时是普通表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, LEAST = 10, FRESH = 12 * 3600 * 1000;
  const form = document.querySelector('form[data-finding]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name];
  const who = form.getAttribute('data-who'), say = find('say'), kept = find('kept'), report = error => console.error(error);
  const place = Field.place(form, { onFix: () => null });
  const before = side('before', '#id_photos'), after = side('after', '#id_after_photos');
  let key = '', old = null, sending = false;

  function side(name, input) {
    const root = form.querySelector('[data-album="' + name + '"]');
    root.querySelector('[data-plain]').hidden = true;
    root.querySelector('[data-shots]').hidden = false;
    root.querySelector(input).removeAttribute('name');
    return Field.album(root, { most: MOST, input: input, onBad: complain, onChange: shots => {
      complain('');
      if (name === 'before') shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
      place.ask().catch(report);
    } });
  }

  function complain(sentence, target) {
    say.hidden = !sentence;
    say.lastElementChild.textContent = sentence || '';
    if (!sentence) return;
    say.scrollIntoView({ block: 'center' });
    (target || say).focus({ preventScroll: Boolean(target) });
  }

  const chosen = name => form.querySelector('[name="' + name + '"]:checked'), fixed = () => chosen('kind').value === 'fixed';
  const adder = name => form.querySelector('[data-album="' + name + '"] [data-add]');

  function choose() {
    Array.prototype.forEach.call(form.querySelectorAll('[data-fixed]'), each => { each.hidden = !fixed(); });
    document.querySelector('[data-send]').textContent = fixed() ? '提交，转核查' : '提交，转案件';
  }

  function wrong() {
    const fix = place.fix();
    if (Math.abs(Date.now() - Number(form.getAttribute('data-now'))) > FRESH) return ['这一页打开太久了。请回到巡查日志，再进一次。', null];
    if (before.busy() || after.busy()) return ['照片还在处理，请稍等一下再提交。', null];
    if (!before.shots().length) return ['请至少拍一张现场照片。', adder('before')];
    if (fixed() && !after.shots().length) return ['请至少拍一张整改后照片。', adder('after')];
    if (!chosen('category')) return ['请选一类问题。', form.querySelector('[name="category"]')];
    if (fix && place.outside()) return [place.words(), find('adjust')];
    if (!fix && !field('community').value) return ['没有取到位置。请在地图上标，或选择所在社区并写明地点。', field('community')];
    if (!fix && field('address').value.trim().length < 2) return ['没有定位时，请写明地点，例如“西井大街北口”。', field('address')];
    if (fixed() && field('words').value.trim().length < LEAST) return ['说明太短。请写明做了什么、结果如何，至少 10 个字。', field('words')];
    return null;
  }

  function unit() {
    const fix = place.fix(), kind = chosen('kind'), told = { key: key, kind: kind.value, category: chosen('category').value, community: fix ? '' : field('community').value };
    ['who', 'day', 'shift', 'address', 'words'].forEach(name => { told[name] = field(name).value; });
    ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(name => { told[name] = fix ? String(fix[name]) : ''; });
    const files = (album, name) => album.shots().map(shot => ({ field: name, name: shot.name, blob: shot.blob }));
    return {
      key: told.key, url: form.getAttribute('action'), who: who, extra: { day: told.day, shift: told.shift, fix: fix },
      label: '巡查发现：' + chosen('category').parentNode.textContent.trim(),
      fields: Object.keys(told).map(name => [name, told[name]]), files: files(before, 'photos').concat(fixed() ? files(after, 'after_photos') : []),
    };
  }

  function clear() {
    form.reset();
    key = '';
    old = null;
    before.set([]);
    after.set([]);
    place.clear();
    choose();
  }

  async function submit() {
    let refusal = wrong();
    if (refusal && refusal[1] === field('community')) { await place.ready(); refusal = wrong(); }
    complain('');
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    key = key || Field.queue.newKey();
    const done = await Field.send.hand(unit(), { instead: old, keep: () => Boolean(old) });
    if (done.refused) {
      complain(done.refused.sentence);
      return;
    }
    clear();
    kept.hidden = false;
    kept.lastElementChild.textContent = done.sent ? done.sent.answer.sentence : done.kept && done.kept.sentence || '已存本机，联网后自动发出。';
    scope.scrollTo(0, 0);
  }

  async function restore() {  // 从“我的上报”回来修改一件：哪一天、哪一班还是原来的
    old = await Field.again.open(who);
    if (!old) return;
    Field.again.fill(form, old, ['kind', 'day', 'shift', 'category', 'community', 'address', 'words']);
    key = Field.again.key(old);
    choose();
    before.set(Field.again.shots(old, 'photos'));
    after.set(Field.again.shots(old, 'after_photos'));
    await Field.ground.load().catch(error => console.warn(error));
    place.put(old.extra && old.extra.fix);
    complain(old.sentence);
  }

  form.addEventListener('change', event => {
    if (!say.hidden) complain('');  // 动手改了，先前的话就收起来
    if (event.target.name === 'kind') choose();
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    form.classList.add('is-sending');
    submit().catch(error => {
      report(error);
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => { sending = false; form.classList.remove('is-sending'); });
  });
  choose();
  restore().catch(report);
})(self);
