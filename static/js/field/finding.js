/* 巡查中发现的问题：转案件或立查立改，一张表单；属于打开时的那一天、那一班。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, FRESH = 12 * 3600 * 1000, form = document.querySelector('form[data-finding]');
  if (!form) return;
  const fixed = () => form.querySelector('[name="kind"]:checked').value === 'fixed';
  Field.sides(form, {
    draft: 'finding ' + form.elements.shift.value, kept: ['kind', 'category', 'community', 'address', 'words'], label: '巡查发现：', first: '现场照片',
    fixed: fixed,
    told: () => ({ day: form.elements.day.value, shift: form.elements.shift.value }),
    stale: () => Math.abs(Date.now() - Number(form.getAttribute('data-now'))) > FRESH ? '这一页打开太久了。请回到巡查日志，再进一次。' : '',
    changed: () => {
      Array.prototype.forEach.call(form.querySelectorAll('[data-fixed]'), each => { each.hidden = !fixed(); });
      document.querySelector('[data-send]').textContent = fixed() ? '提交，转核查' : '提交，转案件';
    },
    leave: () => false,
  });
})(self);
