/* 立查立改：整改前后各拍、位置、类别、说明，一张表单。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, form = document.querySelector('form[data-fix]');
  if (!form) return;
  Field.sides(form, {
    draft: 'fix', kept: ['category', 'community', 'address', 'words'], label: '立查立改：', first: '整改前照片',
    fixed: () => true, told: () => ({}), stale: () => '', changed: () => null,
    leave: answer => {
      sessionStorage.setItem('task-said', answer.sentence);
      Field.leave(answer.url);
      return true;
    },
  });
})(self);
