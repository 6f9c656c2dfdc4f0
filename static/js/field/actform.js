/* 处置表单：结果三选一、说明、常用语、照片和前后对比；只管页面上的事，发出由 task.js。
   Field.actform(form, {onBad, onChange}) → {act(), button(), wrong(), files(), content(), fill(content)} */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {}, MOST = 9;
  const list = (root, selector) => Array.prototype.slice.call(root.querySelectorAll(selector));

  Field.actform = function (form, options) {
    const find = name => form.querySelector('[data-' + name + ']'), send = document.querySelector('[data-send]');
    const words = form.elements.words, pair = find('compare') ? Field.compare(find('compare')) : null, ghost = find('ghost');
    const album = find('shots') ? Field.album(form, { most: MOST, onChange: changed, onBad: options.onBad }) : null;
    const radios = list(form, '[name="act"][type="radio"]');
    const chosen = () => radios.filter(radio => radio.checked)[0] || null;
    const act = () => chosen() ? chosen().value : form.elements.act ? form.elements.act.value : '';
    const button = () => chosen() ? chosen().getAttribute('data-button') : send.textContent.trim();
    const withPhotos = () => album && ['feedback', 'pass_check', 'rework', 'answer_verification'].indexOf(act()) >= 0;
    let urls = [];

    function say(sentence) {
      const place = find('words-error');
      words.setAttribute('aria-invalid', String(Boolean(sentence)));
      place.textContent = '';
      if (!sentence) return;
      const line = document.createElement('p');
      line.className = 'err';
      line.appendChild(document.querySelector('[data-say] svg').cloneNode(true));
      line.appendChild(document.createElement('span')).textContent = sentence;
      place.appendChild(line);
      words.setAttribute('aria-describedby', place.id);
    }

    function choose() {
      const row = chosen();
      list(form, '[data-for]').forEach(part => { part.hidden = part.getAttribute('data-for').split(' ').indexOf(act()) < 0; });
      if (!row) return;
      const least = Number(row.getAttribute('data-least'));
      words.setAttribute('data-least', least);
      find('words-label').textContent = row.getAttribute('data-label');
      find('words-label').classList.toggle('req', least > 0);
      send.textContent = row.getAttribute('data-button');
      say('');
    }

    function compare(shots) {
      urls.forEach(url => URL.revokeObjectURL(url));
      urls = [];
      const last = shots.filter(shot => shot.shown).slice(-1)[0];
      if (!pair) return;
      if (!last) { pair.hide(); return; }
      urls = [URL.createObjectURL(last.blob)];
      pair.show(urls[0], '整改后 ' + (last.words || ''));
    }

    function changed(shots) {
      compare(shots);
      options.onBad('');
      options.onChange();
    }

    function wrong() {  // [一句话, 焦点]
      const least = Number(words.getAttribute('data-least')), long = words.value.trim().length;
      const needs = form.hasAttribute('data-needs-photo') && act() === 'feedback' && !form.elements.kept;
      if (album && album.busy()) return ['照片还在处理，请稍等一下再提交。', words];
      if (needs && !album.shots().length) return ['这一类须附整改后照片。请在同一角度拍一张再提交。', find('add')];
      if (!act()) return ['请选择处置结果。', radios[0]];
      if (form.elements.is_true && !form.querySelector('[name="is_true"]:checked')) return ['请选择是否属实。', form.querySelector('[name="is_true"]')];
      if (act() === 'return' && !form.elements.return_reason.value) return ['请选择退回原因。', form.elements.return_reason];
      if (act() === 'request_extension' && !form.elements.until.value) return ['请填写延至什么时候。', form.elements.until];
      if (long < least) {
        say(least > 1 ? '说明太短，现为 ' + long + ' 个字。请写明做了什么、结果如何，至少 ' + least + ' 个字。' : '请填写' + find('words-label').textContent + '。');
        return ['说明太短，还不能提交。', words];
      }
      say('');
      return null;
    }

    const files = () => withPhotos() ? album.shots().map(shot => ({ field: 'photos', name: shot.name, blob: shot.blob })) : [];
    const content = () => ({
      act: act(), words: words.value, shots: album ? album.shots().map(shot => ({ blob: shot.blob, name: shot.name, words: shot.words, shown: shot.shown })) : [],
      more: ['return_reason', 'until'].filter(name => form.elements[name]).map(name => [name, form.elements[name].value]),
    });

    function fill(kept) {
      radios.forEach(radio => { radio.checked = radio.value === kept.act; });
      if (radios.length && !chosen()) radios[0].checked = true;
      words.value = kept.words;
      kept.more.forEach(row => { if (form.elements[row[0]]) form.elements[row[0]].value = row[1]; });
      if (album) {
        album.set(kept.shots.map(shot => Object.assign({ exif: null }, shot)));
        compare(album.shots());
      }
      choose();
    }

    form.addEventListener('change', event => { if (event.target.name === 'act') choose(); options.onChange(); });
    form.addEventListener('input', options.onChange);
    form.addEventListener('click', event => {
      const chip = event.target.closest('[data-phrase]');
      if (!chip) return;
      words.value = words.value.trim() + chip.getAttribute('data-phrase');
      words.focus();
      options.onChange();
    });
    if (album) {
      find('plain').hidden = true;
      find('shots').hidden = false;
      form.querySelector('#id_photos').removeAttribute('name');
    }
    if (ghost && Field.ghost.can()) {
      ghost.hidden = false;
      ghost.addEventListener('click', () => Field.ghost.open(document.querySelector('[data-ghost-box]'), file => album.take([file])).catch(error => options.onBad(error.message)));
    }
    if (find('phrase-row')) find('phrase-row').hidden = false;
    choose();
    return { act: act, button: button, wrong: wrong, files: files, content: content, fill: fill };
  };
})(self);
