/* 立查立改：整改前后各拍、位置、类别、说明，一张表单；同样先存本机队列再发。没有脚本时是普通表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, MOST = 9, PATIENCE = 12000, LEAST = 10;
  const form = document.querySelector('form[data-fix]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name];
  const who = form.getAttribute('data-who'), say = find('say'), kept = find('kept');
  const place = Field.place(form, { onFix: () => null });
  const before = side('before', '#id_photos'), after = side('after', '#id_after_photos');
  let sending = false;

  function side(name, input) {
    const root = form.querySelector('[data-album="' + name + '"]');
    root.querySelector('[data-plain]').hidden = true;
    root.querySelector('[data-shots]').hidden = false;
    root.querySelector(input).removeAttribute('name');
    return Field.album(root, { most: MOST, input: input, onBad: complain, onChange: shots => {
      complain('');
      if (name === 'before') shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
      place.ask().catch(error => console.error(error));
    } });
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
    const fix = place.fix(), told = { key: field('key').value, who: who, category: category().value, community: fix ? '' : field('community').value };
    ['address', 'words'].forEach(name => { told[name] = field(name).value; });
    ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(name => { told[name] = fix ? String(fix[name]) : ''; });
    const files = (album, name) => album.shots().map(shot => ({ field: name, name: shot.name, blob: shot.blob }));
    return {
      key: told.key, url: form.getAttribute('action'), who: who, label: '立查立改：' + category().parentNode.textContent.trim(),
      fields: Object.keys(told).map(name => [name, told[name]]), files: files(before, 'photos').concat(files(after, 'after_photos')),
    };
  }

  function clear() {
    form.reset();
    field('key').value = Field.queue.newKey();
    before.set([]);
    after.set([]);
    place.clear();
  }

  async function submit() {
    const made = unit();
    await Field.queue.put(made);
    Field.send.later().catch(error => console.warn(error));
    await Promise.race([Field.send.all(), new Promise(resolve => setTimeout(resolve, PATIENCE))]);
    const done = (await Field.queue.sent()).filter(row => row.key === made.key)[0];
    if (done) {
      sessionStorage.setItem('task-said', done.answer.sentence);
      location.assign(done.answer.url);
      return;
    }
    const left = (await Field.queue.all()).filter(row => row.key === made.key)[0];
    if (left && left.state === 'refused') {
      await Field.queue.remove(made.key);
      complain(left.sentence);
      return;
    }
    clear();
    kept.hidden = false;
    kept.lastElementChild.textContent = left && left.sentence || '已存本机，联网后自动发出。';
    scope.scrollTo(0, 0);
  }

  form.addEventListener('submit', event => {
    event.preventDefault();
    if (sending) return;
    const refusal = wrong();
    complain('');
    if (refusal) { complain(refusal[0], refusal[1]); return; }
    sending = true;
    form.classList.add('is-sending');
    submit().catch(error => {
      console.error(error);
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }).then(() => { sending = false; form.classList.remove('is-sending'); });
  });
})(self);
