/* 附近的同类案件：位置和类别定了就问一次，选“就是这个”时把它的记号写进 same_as；断网时不问。
   Field.near(form, {onPlace(told), onChoose(token)}) → {look(fix, category), clear()} */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};

  Field.near = function (form, options) {
    const box = form.querySelector('[data-near]'), list = form.querySelector('[data-near-list]'), token = form.elements.same_as;
    const one = document.querySelector('template[data-near-one]'), other = document.querySelector('template[data-near-other]');
    let asked = 0, last = '', rest = 0;

    function choose(value) {
      token.value = value;
      options.onChoose(value);
    }

    function row(near) {
      const label = one.content.cloneNode(true).firstElementChild;
      label.querySelector('input').value = near.token;
      label.querySelector('[data-what]').textContent = near.what;
      label.querySelector('[data-where]').textContent = '相距 ' + near.metres + ' 米，' + near.when + ' 有人反映';
      label.querySelector('[data-stage]').textContent = near.stage;
      label.querySelector(near.photo ? '.near__none' : '.near__ph').remove();
      if (near.photo) label.querySelector('.near__ph').src = near.photo;
      return label;
    }

    // 记号的头一段说的是哪一件，后面是时间和签名，每问一次都不同。
    const about = value => value.split(':')[0];

    function show(found) {  // 位置或类别变了会再问一次：还在名单里的，先前的选择留着
      const still = token.value ? found.filter(near => about(near.token) === about(token.value))[0] : undefined;
      list.textContent = '';
      choose(still ? still.token : '');
      box.hidden = !found.length;
      if (!found.length) return;
      found.forEach(near => list.appendChild(row(near)));
      list.appendChild(other.content.cloneNode(true));
      const chosen = still ? list.querySelectorAll('input')[found.indexOf(still)] : null;
      if (chosen) chosen.checked = true;
    }

    async function look(fix, category) {
      const where = [fix.lon.toFixed(6), fix.lat.toFixed(6), category].join();
      if (where === last) return;
      if (Date.now() < rest) { show([]); return; }
      last = where;
      const mine = ++asked;
      try {
        const query = 'lon=' + fix.lon + '&lat=' + fix.lat + '&datum=' + fix.datum + '&category=' + encodeURIComponent(category);
        const answer = await fetch('/m/report/nearby.json?' + query, { credentials: 'same-origin' });
        if (answer.status === 429) rest = Date.now() + 1000 * (Number(answer.headers.get('Retry-After')) || 60);
        if (!answer.ok && answer.status !== 422) throw new Error('附近 ' + answer.status);
        const told = await answer.json();
        if (mine !== asked) return;
        options.onPlace(told);
        show(told.near);
      } catch (error) {  // 没有网络，或问得太密：网格由本机的底图查，同类的由指挥席合并
        if (mine === asked) { last = ''; show([]); }
      }
    }

    function clear() {
      asked += 1;
      last = '';
      show([]);
    }

    list.addEventListener('change', event => choose(event.target.value));
    return { look: look, clear: clear };
  };
})(self);
