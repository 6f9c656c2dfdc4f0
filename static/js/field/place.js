/* 上报的位置：照片、手机、图钉三处来，地图和网格名随之变；取不到时露出社区和地点两个框。
   Field.place(form, {onFix(fix)}) → {fix(), offer(fix), ask(), ready(), put(fix), told(found, sentence), outside(), words(), clear()}
   ready() → Promise：手机正在定位就等它有结果（最多十几秒），先按了提交的人不用再按一次。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const OUTSIDE = '这个位置不在本街道范围内。请移动图钉；位置没有错的，请向所属街道反映。';

  Field.place = function (form, options) {
    const find = name => form.querySelector('[data-' + name + ']');
    const spot = find('spot'), noplace = find('noplace'), name = find('spot-place'), how = find('spot-how');
    const pin = Field.pin(spot, { onMove: (lon, lat) => put(Field.position.ofPin(lon, lat)) });
    let fix = null, outside = false, asked = false, asking = null;

    function told(found, sentence) {
      outside = found === false;
      name.textContent = sentence;
      spot.classList.toggle('is-outside', outside);
    }

    function put(found) {
      fix = found;
      noplace.hidden = Boolean(fix);
      spot.hidden = false;
      if (!fix) {
        told(undefined, '没有取到位置');
        how.textContent = '可在地图上标，或在下面选社区';
        return;
      }
      how.textContent = Field.position.words(fix);
      pin.show(fix);
      const here = Field.ground.locate(fix.lon, fix.lat);
      if (here) told(true, here.name);
      else told(here === null ? false : undefined, here === null ? OUTSIDE : '位置已记下，联网后查网格');
      options.onFix(fix);
    }

    const offer = found => { if (found && Field.position.better(fix, found) !== fix) put(found); };

    async function ask() {  // 有了照片才问手机要位置，一件只问一次
      if (asked) return;
      asked = true;
      spot.hidden = false;
      Field.ground.load().then(() => { if (fix) put(fix); else pin.redraw(); }).catch(() => null);
      asking = Field.position.device().then(found => {
        if (found) offer(found); else if (!fix) put(null);
      });
      await asking;
    }

    function clear() {
      fix = null;
      outside = asked = false;
      asking = null;
      name.textContent = '正在定位…';
      how.textContent = '';
      pin.close();
      spot.hidden = true;
      noplace.hidden = true;
    }

    find('locate').addEventListener('click', () => {  // 照片的位置不对时，改用手机现在的位置：是人选的，所以算数
      how.textContent = '正在定位…';
      Field.position.device().then(found => {
        if (found) put(Object.assign(found, { origin: 'pin' })); else how.textContent = '手机没有给出位置，请在地图上标';
      }, error => console.error(error));
    });
    noplace.hidden = true;
    return { fix: () => fix, offer: offer, ask: ask, put: found => { asked = true; put(found); }, told: told, outside: () => outside, words: () => name.textContent, ready: () => asking || Promise.resolve(), clear: clear };
  };
})(self);
