/* 任务在哪里：[data-where] 里以案件位置为中心画一块底图；底图存在本机，没有网络也能看。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, box = document.querySelector('[data-where]');
  if (!box || !scope.fetch) return;
  const METRES = 700;

  Field.ground.load().then(() => {
    box.hidden = false;
    Field.ground.draw(box.querySelector('svg'), { lon: Number(box.getAttribute('data-lon')), lat: Number(box.getAttribute('data-lat')), metres: METRES });
  }).catch(error => console.warn(error));
})(self);
