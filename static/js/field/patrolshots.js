/* 巡查留痕：拍一张就压小存进队列，一张一件；缩略图先用本机的，收下之后用服务器的。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, SHOTS = '/m/patrol/photos/', form = document.querySelector('form[data-patrol]');
  if (!form || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const box = form.querySelector('[data-shots]'), add = form.querySelector('[data-add]'), words = form.querySelector('[data-add-words]');
  const input = form.querySelector('[data-files]'), frame = document.querySelector('template[data-shot]'), report = error => console.error(error);
  const shown = {};  // 幂等键 → 缩略图

  function figure(key, address) {
    if (shown[key]) return;
    const made = frame.content.cloneNode(true).firstElementChild, image = made.querySelector('img');
    shown[key] = made;
    image.alt = '留痕照片 ' + Object.keys(shown).length;
    image.addEventListener('error', () => { image.hidden = true; made.querySelector('.ph__none').hidden = false; });
    image.src = address;
    box.insertBefore(made, add);
  }

  async function paint() {
    const patrol = Field.patrol;
    const sent = (await Field.queue.sent()).filter(row => row.url === SHOTS && row.who === patrol.who && patrol.here(row.answer)).reverse();
    const units = (await Field.queue.all()).filter(unit => unit.url === SHOTS && unit.who === patrol.who && patrol.here(unit.extra));
    sent.forEach(row => figure(row.key, row.answer.photo));
    units.forEach(unit => { if (!shown[unit.key]) figure(unit.key, URL.createObjectURL(unit.files[0].blob)); });
  }

  async function take(files) {
    const patrol = Field.patrol;
    words.textContent = '正在处理…';
    for (const file of files) {  // 一张一张来：便宜的手机同时解两张大图会内存不足
      const shot = await Field.shrink(file), key = Field.queue.newKey();
      await Field.queue.put({
        key: key, url: SHOTS, who: patrol.who, label: '巡查照片 ' + patrol.day.slice(5), fields: patrol.envelope(key),
        files: [{ field: 'photo', name: shot.name, blob: shot.blob }], extra: { day: patrol.day, shift: patrol.shift },
      });
    }
    await paint();
    patrol.send().catch(report);
  }

  input.addEventListener('change', () => {
    const files = Array.prototype.slice.call(input.files);
    input.value = '';
    take(files).catch(error => {
      if (!(error instanceof Field.BadPhoto)) report(error);
      Field.patrol.complain(error instanceof Field.BadPhoto ? error.message : '照片没有存成，可能空间不足。请再试一次。');
    }).then(() => { words.textContent = '留痕'; });
  });
  add.addEventListener('click', () => input.click());
  add.hidden = false;
  scope.addEventListener('DOMContentLoaded', () => {  // patrol.js 在后面载入
    Array.prototype.forEach.call(box.querySelectorAll('[data-photo]'), each => { if (Field.patrol.stale) each.remove(); else shown[each.getAttribute('data-photo')] = each; });
    Field.queue.onChange(() => paint().catch(report));
    paint().catch(report);
  });
})(self);
