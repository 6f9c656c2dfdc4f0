/* 补充情况的照片：选好就在本机缩小（长边 1600，位置和时间留着），再随普通表单交上去；缩不了就原样交。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, form = document.querySelector('form[data-more]');
  const input = form && form.querySelector('input[type="file"]');
  if (!input || !scope.DataTransfer || !HTMLCanvasElement.prototype.toBlob) return;
  const said = form.querySelector('[data-more-said]'), button = form.querySelector('button'), MOST = 3;

  function say(sentence) {
    said.hidden = !sentence;
    said.textContent = sentence;
  }

  async function smaller(files) {
    const kept = new DataTransfer();
    let bad = '';
    for (const file of files) {  // 一张一张来：便宜的手机同时解两张大图会内存不足
      try {
        const shot = await Field.shrink(file);
        kept.items.add(new File([shot.blob], shot.name, { type: shot.blob.type || 'image/jpeg' }));
      } catch (error) {
        if (!(error instanceof Field.BadPhoto)) throw error;
        bad = error.message;
      }
    }
    input.files = kept.files;
    say(bad || (kept.files.length ? '已选 ' + kept.files.length + ' 张照片。' : ''));
  }

  input.addEventListener('change', () => {
    const files = Array.prototype.slice.call(input.files);
    if (!files.length || files.length > MOST) { say(files.length ? '照片一次最多 ' + MOST + ' 张。请重新选择。' : ''); return; }
    say('正在处理照片…');
    button.disabled = true;
    smaller(files).catch(error => { console.error(error); say('照片没有缩小，将按原样提交。'); }).then(() => { button.disabled = false; });
  });
})(self);
