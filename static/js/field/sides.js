/* 前后两组照片、位置、类别、说明的一张表单（立查立改、巡查发现）：先存本机队列再发。没有脚本时是普通表单。
   页面是存着的，会用不止一次：幂等键在提交时才取，不用页面上的。
   Field.sides(form, own)，own：draft 草稿名；kept 放回表单的栏目；label 队列里的名称；first 第一组照片叫什么；
   fixed() 要不要整改后照片和说明；told() 这一页属于哪一天哪一班，也要交；stale() 页面不能再用时的一句话；
   changed() 表单换了样子；leave(answer) 送到以后走开就是 true，留在这一页是 false。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {}, MOST = 9, LEAST = 10;

  Field.sides = function (form, own) {
    if (!Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
    const find = name => form.querySelector('[data-' + name + ']'), field = name => form.elements[name];
    const who = form.getAttribute('data-who'), say = find('say'), kept = find('kept'), report = error => console.error(error);
    const draft = Field.draft.hold(own.draft, who, content), place = Field.place(form, { onFix: draft.later });
    const before = side('before', '#id_photos'), after = side('after', '#id_after_photos');
    let key = '', old = null, sending = false;

    function side(name, input) {
      const root = form.querySelector('[data-album="' + name + '"]');
      root.querySelector('[data-plain]').hidden = true;
      root.querySelector('[data-shots]').hidden = false;
      root.querySelector(input).removeAttribute('name');
      return Field.album(root, { most: MOST, input: input, onBad: complain, onChange: shots => {
        complain('');
        draft.later();
        if (name === 'before') shots.forEach(shot => place.offer(Field.position.ofPhoto(shot.exif)));
        place.ask().catch(report);
      } });
    }

    const chosen = name => form.querySelector('[name="' + name + '"]:checked');
    const value = name => chosen(name) ? chosen(name).value : field(name) && field(name).value || '';
    const adder = name => form.querySelector('[data-album="' + name + '"] [data-add]');
    const tell = words => { kept.hidden = false; kept.lastElementChild.textContent = words; };

    function content() {
      if (sending || old) return undefined;
      if (!(before.shots().length + after.shots().length)) return null;
      return { fields: own.kept.map(name => [name, value(name)]), told: own.told(), before: before.shots(), after: after.shots(), fix: place.fix() };
    }

    function complain(sentence, target) {
      say.hidden = !sentence;
      say.lastElementChild.textContent = sentence || '';
      if (!sentence) return;
      say.scrollIntoView({ block: 'center' });
      (target || say).focus({ preventScroll: Boolean(target) });
    }

    function wrong() {
      const fix = place.fix();
      if (own.stale()) return [own.stale(), null];
      if (before.busy() || after.busy()) return ['照片还在处理，请稍等一下再提交。', null];
      if (!before.shots().length) return ['请至少拍一张' + own.first + '。', adder('before')];
      if (own.fixed() && !after.shots().length) return ['请至少拍一张整改后照片。', adder('after')];
      if (!chosen('category')) return ['请选一类问题。', form.querySelector('[name="category"]')];
      if (fix && place.outside()) return [place.words(), find('adjust')];
      if (!fix && !value('community')) return ['没有取到位置。请在地图上标，或选择所在社区并写明地点。', field('community')];
      if (!fix && value('address').trim().length < 2) return ['没有定位时，请写明地点，例如“西井大街北口”。', field('address')];
      if (own.fixed() && value('words').trim().length < LEAST) return ['说明太短。请写明做了什么、结果如何，至少 10 个字。', field('words')];
      return null;
    }

    function unit() {
      const fix = place.fix(), told = Object.assign({ key: key, who: who }, own.told());
      own.kept.forEach(name => { told[name] = name === 'community' && fix ? '' : value(name); });
      ['lon', 'lat', 'datum', 'accuracy_m', 'origin'].forEach(name => { told[name] = fix ? String(fix[name]) : ''; });
      const files = (album, name) => album.shots().map(shot => ({ field: name, name: shot.name, blob: shot.blob }));
      return {
        key: key, url: form.getAttribute('action'), who: who, extra: Object.assign({ fix: fix }, own.told()),
        label: own.label + chosen('category').parentNode.textContent.trim(),
        fields: Object.keys(told).map(name => [name, told[name]]), files: files(before, 'photos').concat(own.fixed() ? files(after, 'after_photos') : []),
      };
    }

    function clear() {
      form.reset();
      key = '';
      old = null;
      before.set([]);
      after.set([]);
      place.clear();
      own.changed();
    }

    function outcome(result) {
      if (result.refused) { draft.later(); complain(result.refused.sentence); return; }
      const answer = result.sent && result.sent.answer;
      if (answer && own.leave(answer)) return;
      clear();
      tell(answer ? answer.sentence : result.kept && result.kept.sentence || '已存本机，联网后自动发出。');
      scope.scrollTo(0, 0);
    }

    async function put(what, first, second) {
      Field.again.fill(form, what, own.kept);
      own.changed();
      before.set(first);
      after.set(second);
      await Field.ground.load().catch(error => console.warn(error));
    }

    async function takeUp(what) {  // 拍照时页面被挤掉、没交就走开的：回来还在；别的班次的不算
      if (!what || before.shots().length + after.shots().length) return;
      if (JSON.stringify(what.told) !== JSON.stringify(own.told())) return;
      const fresh = shots => shots.map(shot => Object.assign({}, shot, { address: '' }));
      await put(what, fresh(what.before), fresh(what.after));
      if (what.fix) place.put(what.fix); else place.ask().catch(report);
      tell('上次没交的内容已取回。');
    }

    async function restore() {  // 从“我的上报”回来修改一件
      old = await Field.again.open(who);
      if (!old) { await takeUp(await draft.read()); return; }
      key = Field.again.key(old);
      Field.again.fill(form, old, Object.keys(own.told()));
      await put(old, Field.again.shots(old, 'photos'), Field.again.shots(old, 'after_photos'));
      place.put(old.extra && old.extra.fix);
      complain(old.sentence);
    }

    async function submit() {
      let refusal = wrong();
      if (refusal && refusal[1] === field('community')) { await place.ready(); refusal = wrong(); }
      complain('');
      if (refusal) { complain(refusal[0], refusal[1]); return; }
      key = key || Field.queue.newKey();
      if (!old) await draft.drop().catch(report);  // 从这里起归队列管：页面没了也不会再报一次
      outcome(await Field.send.hand(unit(), { instead: old, keep: () => Boolean(old) }));
    }

    form.addEventListener('input', draft.later);
    form.addEventListener('change', () => { complain(''); own.changed(); });  // 动手改了，先前的话就收起来
    form.addEventListener('submit', event => {
      event.preventDefault();
      if (sending) return;
      sending = true;
      form.classList.add('is-sending');
      submit().catch(error => {
        report(error);
        draft.later();
        complain('本机没有存成，可能空间不足。请删去几张照片再试。');
      }).then(() => { sending = false; form.classList.remove('is-sending'); });
    });
    own.changed();
    restore().catch(report);
  };
})(self);
