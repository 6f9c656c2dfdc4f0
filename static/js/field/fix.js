/* 立查立改：整改前后各拍、位置、类别、说明，一张表单；同样先存本机队列再发。没有脚本时是普通表单。
   页面是存着的，会用不止一次：幂等键在提交时才取，不用页面上的。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, LEAST = 10, KEPT = ['category', 'community', 'address', 'words'];
  const form = document.querySelector('form[data-fix]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name];
  const who = form.getAttribute('data-who'), say = find('say'), kept = find('kept'), report = error => console.error(error);
  const draft = Field.draft.hold('fix', who, content), place = Field.place(form, { onFix: draft.later });
  const before = side('before', '#id_photos'), after = side('after', '#id_after_photos');
  let key = '', old = null, sending = false;

  function side(name, input) {
    const root = form.querySelector('[data-album="' + name + '"]');
    root.querySelector('[data-plain]').hidden = true;
    root.querySelector('[data-shots]').hidden = false;
    root.querySelector(input).removeAttribute('name');
    return Field.album(root, { most: MOST, input: input, onBad: complain, onChange: shots => {
      complain('');
      draft.later();
      if (name === 'before') shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
      place.ask().catch(report);
    } });
  }

  function content() {
    const fields = KEPT.map(name => [name, name !== 'category' ? field(name).value : category() ? category().value : '']);
    return sending || old ? undefined : before.shots().length + after.shots().length ? { fields: fields, before: before.shots(), after: after.shots(), fix: place.fix() } : null;
  }

  function complain(sentence, target) {
    say.hidden = !sentence;
    say.lastElementChild.textContent = sentence || '';
    if (!sentence) return;
    say.scrollIntoView({ block: 'center' });
    (target || say).focus({ preventScroll: Boolean(target) });
  }

  const category = () => form.querySelector('[name="category"]:checked');
  const adder = name => form.querySelector('[data-album="' + name + '"] [data-add]');

  function wrong() {
    const fix = place.fix();
    if (before.busy() || after.busy()) return ['照片还在处理，请稍等一下再提交。', null];
    if (!before.shots().length) return ['请至少拍一张整改前照片。', adder('before')];
    if (!after.shots().length) return ['请至少拍一张整改后照片。', adder('after')];
    if (!category()) return ['请选一类问题。', form.querySelector('[name="category"]')];
    if (fix && place.outside()) return [place.words(), find('adjust')];
    if (!fix && !field('community').value) return ['没有取到位置。请在地图上标，或选择所在社区并写明地点。', field('community')];
    if (!fix && field('address').value.trim().length < 2) return ['没有定位时，请写明地点，例如“西井大街北口”。', field('address')];
    if (field('words').value.trim().length < LEAST) return ['说明太短。请写明做了什么、结果如何，至少 10 个字。', field('words')];
    return null;
  }

  function unit() {
    const fix = place.fix(), told = { key: key, who: who, category: category().value, community: fix ? '' : field('community').value };
    ['address', 'words'].forEach(name => { told[name] = field(name).value; });
    ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(name => { told[name] = fix ? String(fix[name]) : ''; });
    const files = (album, name) => album.shots().map(shot => ({ field: name, name: shot.name, blob: shot.blob }));
    return {
      key: told.key, url: form.getAttribute('action'), who: who, extra: { fix: fix }, label: '立查立改：' + category().parentNode.textContent.trim(),
      fields: Object.keys(told).map(name => [name, told[name]]), files: files(before, 'photos').concat(files(after, 'after_photos')),
    };
  }

  function clear() {
    form.reset();
    key = '';
    old = null;
    before.set([]);
    after.set([]);
    place.clear();
  }

  function outcome(result) {
    if (result.sent) {
      sessionStorage.setItem('task-said', result.sent.answer.sentence);
      Field.leave(result.sent.answer.url);
      return;
    }
    draft.later();
    if (result.refused) { complain(result.refused.sentence); return; }
    clear();
    kept.hidden = false;
    kept.lastElementChild.textContent = result.kept && result.kept.sentence || '已存本机，联网后自动发出。';
    scope.scrollTo(0, 0);
  }

  async function takeUp(what) {  // 拍照时页面被挤掉、没交就走开的：回来还在
    if (!what || before.shots().length + after.shots().length) return;
    const fresh = shots => shots.map(shot => Object.assign({}, shot, { address: '' }));
    Field.again.fill(form, what, KEPT);
    before.set(fresh(what.before));
    after.set(fresh(what.after));
    await Field.ground.load().catch(error => console.warn(error));
    if (what.fix) place.put(what.fix); else place.ask().catch(report);
    kept.hidden = false;
    kept.lastElementChild.textContent = '上次没交的内容已取回。';
  }

  async function restore() {  // 从“我的上报”回来修改一件
    old = await Field.again.open(who);
    if (!old) { await takeUp(await draft.read()); return; }
    key = Field.again.key(old);
    Field.again.fill(form, old, KEPT);
    before.set(Field.again.shots(old, 'photos'));
    after.set(Field.again.shots(old, 'after_photos'));
    await Field.ground.load().catch(error => console.warn(error));
    place.put(old.extra && old.extra.fix);
    complain(old.sentence);
  }

  async function submit() {
    let refusal = wrong();
    if (refusal && refusal[1] === field('community')) { await place.ready(); refusal = wrong(); }
    complain('');
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    key = key || Field.queue.newKey();
    await draft.drop().catch(report);  // 从这里起归队列管：页面没了也不会再报一次
    outcome(await Field.send.hand(unit(), { instead: old, keep: () => Boolean(old) }));
  }

  form.addEventListener('input', draft.later);
  form.addEventListener('change', () => { if (!say.hidden) complain(''); });  // 动手改了，先前的话就收起来
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    form.classList.add('is-sending');
    submit().catch(error => {
      report(error);
      draft.later();
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => { sending = false; form.classList.remove('is-sending'); });
  });
  restore().catch(report);
})(self);
