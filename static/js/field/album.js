/* 拍好的照片：加、删、缩略图；压缩在加的时候做。
   Field.album(form, {most, input, onChange(shots), onBad(sentence)}) → {shots(), set(shots), take(files), mark(place), busy()}；shot: {blob, name, exif, shown} */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};

  Field.album = function (form, options) {
    const box = form.querySelector('[data-shots]'), add = form.querySelector('[data-add]'), words = form.querySelector('[data-add-words]');
    const input = form.querySelector(options.input || '#id_photos'), frame = document.querySelector('template[data-shot]');
    let shots = [], working = 0, where = '';

    function caption(shot) {
      const taken = shot.exif && /^\d{4}:(\d\d):(\d\d) (\d\d:\d\d)/.exec(shot.exif.taken);
      const now = new Date(), two = number => ('0' + number).slice(-2);
      return taken ? taken[1] + '-' + taken[2] + ' ' + taken[3] : two(now.getMonth() + 1) + '-' + two(now.getDate()) + ' ' + two(now.getHours()) + ':' + two(now.getMinutes());
    }

    function figure(shot, place) {
      const made = frame.content.cloneNode(true).firstElementChild, image = made.querySelector('img');
      image.alt = '已拍照片 ' + (place + 1);
      image.hidden = !shot.shown;
      made.querySelector('.ph__none').hidden = shot.shown;
      if (shot.shown) {
        shot.address = shot.address || URL.createObjectURL(shot.blob);
        image.src = shot.address;
      }
      made.querySelector('.ph__x').setAttribute('aria-label', '删除照片 ' + (place + 1));
      made.querySelector('.ph__x').addEventListener('click', () => drop(shot));
      made.querySelector('figcaption').textContent = (shot.words = shot.words || caption(shot)) + (where && place === 0 ? ' · ' + where : '');
      return made;
    }

    function draw() {
      Array.prototype.slice.call(box.querySelectorAll('figure')).forEach(each => each.remove());
      shots.forEach((shot, place) => box.insertBefore(figure(shot, place), add));
      box.classList.toggle('shots--empty', !shots.length);
      words.textContent = working ? '正在处理…' : shots.length ? '再拍一张' : '拍照';
      add.hidden = shots.length >= options.most;
      box.setAttribute('data-count', String(shots.length));
    }

    function drop(shot) {
      shots = shots.filter(each => each !== shot);
      if (shot.address) URL.revokeObjectURL(shot.address);
      draw();
      options.onChange(shots);
      add.focus({ preventScroll: true });
    }

    async function take(files) {
      const room = options.most - shots.length;
      let sentence = files.length > room ? '照片最多 ' + options.most + ' 张，多出的没有加进来。' : '';
      working += 1;
      draw();
      for (const file of files.slice(0, room)) {  // 一张一张来：便宜的手机同时解两张大图会内存不足
        try {
          shots = shots.concat([await Field.shrink(file)]);
          draw();
        } catch (error) {
          if (!(error instanceof Field.BadPhoto)) { working -= 1; draw(); throw error; }
          sentence = error.message;
        }
      }
      working -= 1;
      draw();
      if (shots.length) options.onChange(shots);
      if (sentence) options.onBad(sentence);
    }

    function set(wanted) {
      shots.forEach(shot => { if (shot.address) URL.revokeObjectURL(shot.address); });
      shots = wanted;
      draw();
    }

    function mark(place) {
      if (place === where) return;
      where = place;
      draw();
    }

    const accept = files => take(files).catch(error => { console.error(error); options.onBad('照片没有处理成，请再试一次。'); });

    add.addEventListener('click', () => input.click());
    input.addEventListener('change', () => {
      const files = Array.prototype.slice.call(input.files);
      input.value = '';
      if (files.length) accept(files);
    });
    return { shots: () => shots, set: set, take: accept, mark: mark, busy: () => working > 0 };
  };
})(self);
