/* 未能送达的一件：从“我的上报”带着 ?edit=… 打开，字、位置和照片放回表单，改好再送；办不成的任务可以改作批注。
   Field.again.open(who) → Promise<unit|null>；key(unit) 再送用的键；value(unit, name)；
   Field.again.fill(form, unit, names)；shots(unit, field)；note(unit) → 改作批注的新一件 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};

  async function open(who) {  // 别的账号存的不给看
    const wanted = /[?&]edit=([0-9a-f]{32})/.exec(scope.location.search);
    const unit = wanted ? (await Field.queue.all()).filter(one => one.key === wanted[1])[0] : null;
    return unit && unit.state === 'refused' && (!unit.who || unit.who === who) ? unit : null;
  }

  // 服务器没有说清楚的（5xx），可能已经收下：沿用原来的键才不会变成两件。
  const key = unit => unit.status >= 500 ? unit.key : Field.queue.newKey();
  const value = (unit, name) => (unit.fields.filter(pair => pair[0] === name)[0] || ['', ''])[1];
  const fill = (form, unit, names) => names.forEach(name => {
    Array.prototype.forEach.call(form.querySelectorAll('[name="' + name + '"]'), box => {
      if (box.type === 'radio') box.checked = box.value === value(unit, name); else box.value = value(unit, name);
    });
  });
  const shots = (unit, field) => unit.files.filter(file => file.field === field)
    .map(file => ({ blob: file.blob, name: file.name, words: '', exif: null, shown: !/heic$/.test(file.name) }));

  function note(unit) {
    const made = Field.queue.newKey(), words = unit.extra.word + '没有办成，改作批注。' + value(unit, 'words');
    const fields = [['act', 'note'], ['key', made], ['version', value(unit, 'version')], ['who', unit.who], ['words', words.slice(0, 2000)]];
    return {
      key: made, url: unit.url, who: unit.who, label: unit.label.split(' ')[0] + ' 批注', fields: fields,
      files: unit.files, extra: { act: 'note', word: '批注' },
    };
  }

  Field.again = { open: open, key: key, value: value, fill: fill, shots: shots, note: note };
})(self);
