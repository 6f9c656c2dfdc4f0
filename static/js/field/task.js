/* 一件任务：签收、反馈、退回、延期、核查、核实都先存进本机队列再发；没有网络时签收之后接着填反馈，到时按先后发出。
   别人先办了（409）就告诉人，什么也不覆盖，填的内容还在。没有脚本时页面是普通表单。
   一页上可以先申请延期再反馈，存着的页面会再打开：幂等键每次提交时取，不用页面上的。 */
(function (scope) {
  'use strict';
  const Field = scope.Field, main = document.querySelector('[data-task]'), REST = 600;
  if (!main || !Field.queue.usable() || !HTMLCanvasElement.prototype.toBlob) return;
  const number = main.getAttribute('data-task'), who = main.getAttribute('data-who'), version = Number(main.getAttribute('data-version'));
  const address = '/m/tasks/' + number + '/';
  const part = name => document.querySelector('[data-' + name + ']'), cta = name => document.querySelector('[data-cta="' + name + '"]');
  const form = part('main'), sign = part('sign'), back = document.getElementById('back'), say = part('say'), kept = part('kept');
  const report = error => console.error(error);
  const acts = form ? Field.actform(form, { onBad: sentence => complain(sentence), onChange: () => later() }) : null;
  let sending = false, resting = 0, over = false;

  function complain(sentence, target, stale) {
    say.hidden = !sentence;
    say.querySelector('p').textContent = sentence || '';
    part('latest').hidden = !stale;
    if (!sentence) return;
    (target || say).scrollIntoView({ block: 'center' });
    (target || say).focus({ preventScroll: true });
  }

  const mine = async () => (await Field.queue.all()).filter(unit => unit.url === address && unit.who === who && unit.extra.act !== 'note');
  // 这一页打开之后自己已经发出的：页面上的版本旧了，但旧在自己手里，接着办不算冲突。
  const done = async () => (await Field.queue.sent()).filter(row => row.url === address && row.who === who && row.answer && row.answer.act !== 'note' && row.answer.version > version).reverse();

  function later() {  // 停手一会儿就存草稿
    clearTimeout(resting);
    resting = setTimeout(() => { if (!over) Field.draft.keep(number, who, acts.content()).catch(report); }, REST);
  }

  const drop = () => { over = true; clearTimeout(resting); return Field.draft.drop(number); };
  async function unit(from, files, word) {
    const before = (await done()).concat((await mine()).filter(one => one.state !== 'refused')).slice(-1)[0];
    const key = Field.queue.newKey(), fields = [['after', before ? before.key : ''], ['key', key]];
    new FormData(from).forEach((value, name) => { if (typeof value === 'string' && ['csrfmiddlewaretoken', 'key'].indexOf(name) < 0) fields.push([name, value]); });
    const act = fields.filter(pair => pair[0] === 'act')[0][1];
    return { key: key, url: address, who: who, label: number + ' ' + word, fields: fields, files: files, extra: { act: act, word: word } };
  }

  async function outcome(result, from) {
    if (result.sent) {
      if (from !== sign) await drop();
      sessionStorage.setItem('task-said', result.sent.answer.sentence);
      Field.leave(result.sent.answer.url);
      return;
    }
    if (result.refused) {
      if (from === form) await Field.draft.keep(number, who, acts.content());
      complain(result.refused.sentence, null, result.refused.status !== 422);
      return;
    }
    if (from !== sign) await drop();
    await paint();
    if (from === form && !form.hidden) { acts.fill({ words: '', shots: [], more: [] }); over = false; }  // 延期等着发，接着还可以反馈
    scope.scrollTo(0, 0);
  }

  async function submit(from, files, word) {
    if (sending) return;
    sending = true; main.classList.add('is-sending');
    complain('');
    try {
      const made = await unit(from, files, word), old = (await mine()).filter(one => one.state === 'refused' && one.extra.act === made.extra.act)[0];
      // 情况变了的留在队列里：这一页可能再也没有表单，只能改作批注
      await outcome(await Field.send.hand(made, { instead: old, keep: left => from !== sign && left.status !== 422 }), from);
    } catch (error) {
      report(error);
      complain('本机没有存成，可能空间不足。请删去几张照片再试。');
    }
    sending = false; main.classList.remove('is-sending');
  }

  function listen(from, wrong, files, word) {
    if (from) from.addEventListener('submit', event => {
      event.preventDefault();
      const refusal = wrong();
      if (refusal) complain(refusal[0], refusal[1]); else submit(from, files(), word());
    });
  }

  async function paint() {
    const units = await mine(), waiting = units.filter(one => one.state !== 'refused'), refused = units.filter(one => one.state === 'refused')[0];
    const rows = (await done()).map(row => ({ act: row.answer.act, word: row.label.slice(number.length + 1) })).concat(waiting.map(one => one.extra));
    const signed = rows.some(row => row.act === 'acknowledge'), ended = rows.some(row => row.act !== 'acknowledge' && row.act !== 'request_extension');
    const held = waiting.filter(one => one.state === 'held')[0], names = rows.map(row => row.word).join('、');
    kept.hidden = !rows.length; kept.classList.toggle('note--ok', !held); kept.classList.toggle('note--warn', Boolean(held));
    kept.lastElementChild.textContent = held ? names + '：' + held.sentence : names + (waiting.length ? '：已存本机，联网后自动发出。' : '：已发出。');
    if (sign) { cta('sign').hidden = rows.length > 0; if (part('give-back')) part('give-back').hidden = rows.length > 0; }
    if (form) { form.hidden = ended || Boolean(sign && !signed); cta('act').hidden = form.hidden; }
    part('refused').hidden = !refused;
    if (!refused) return;
    part('refused-words').textContent = refused.extra.word + '没有办成：' + refused.sentence;
    part('take-back').hidden = !form || form.hidden;
    part('as-note').hidden = [403, 409].indexOf(refused.status) < 0;
  }

  const first = async () => (await mine()).filter(one => one.state === 'refused')[0];
  async function takeBack() {  // 被退的一件：内容放回表单，按最新情况再交
    const one = await first(), value = name => Field.again.value(one, name), more = ['return_reason', 'until'];
    acts.fill({ act: one.extra.act, words: value('words'), shots: Field.again.shots(one, 'photos'), more: more.map(name => [name, value(name)]) });
    await Field.draft.keep(number, who, acts.content());
    await Field.queue.remove(one.key);
    form.elements.words.focus();
  }

  async function asNote() {
    const one = await first();
    await outcome(await Field.send.hand(Field.again.note(one), { instead: one, keep: () => true }), 'note');
  }

  async function throwAway(button) {
    if (!button.hasAttribute('data-sure')) {
      button.setAttribute('data-sure', '');
      button.lastElementChild.textContent = '照片也会删去，再按一次删除';
      return;
    }
    await Field.queue.remove((await first()).key);
  }

  async function restore() {
    const what = acts ? await Field.draft.read(number, who) : null;
    if (!what || form.hidden || !(what.words || what.shots.length)) return;
    acts.fill(what);
    const one = await first();
    if (one && one.extra.act === what.act && Field.again.value(one, 'words') === what.words) await Field.queue.remove(one.key);  // 草稿里有了
    if (kept.hidden) { kept.hidden = false; kept.lastElementChild.textContent = '上次没交的草稿已取回。'; }
  }

  listen(sign, () => null, () => [], () => '签收');
  listen(back, () => {
    if (!back.elements.return_reason.value) return ['请选择退回原因。', back.elements.return_reason];
    return back.elements.words.value.trim().length < 5 ? ['退回说明太短，至少 5 个字。', back.elements.words] : null;
  }, () => [], () => '退回');
  if (form) {
    listen(form, acts.wrong, acts.files, acts.button);
    part('draft').hidden = false;
    part('draft').addEventListener('click', () => Field.draft.keep(number, who, acts.content()).then(() => {
      sessionStorage.setItem('task-said', number + '：草稿已存本机');
      location.assign('/m/tasks/');
    }).catch(() => complain('草稿没有存成，可能空间不足。请删去几张照片再试。')));
  }
  part('take-back').addEventListener('click', () => takeBack().catch(report));
  part('as-note').addEventListener('click', () => asNote().catch(report));
  part('throw-away').addEventListener('click', event => throwAway(event.currentTarget).catch(report));
  Field.queue.onChange(() => { if (!sending) paint().catch(report); });
  paint().then(restore).catch(report);
})(self);
