/* 发出队列：按先后一件一件发，同一时间只有一个标签页（或后台）在发；断网、超时、服务器出错都留着下次再发。
   Field.send.all() → {sent, left}（发出几件、还等几件）；Field.send.watch() 让页面在打开、联网、回到前台和每半分钟自己发。
   Field.send.hand(unit, {instead, keep}) 存进队列再发，等一会儿 → {sent} 收下了 | {refused} 被退 | {kept} 还在本机等；
   instead 是它代替的一件；被退的从队列取走（内容还在页面上），除非 keep(unit)。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const TOKEN = '/m/token/', LONGEST = 5 * 60 * 1000, PAUSE = 30 * 1000, PATIENCE = 5, WAIT = 12000;
  let running = null;

  // 网络的毛病（断网、超时、网关或登录门户的页面）抛 Away；这一件留着，后面的也不发，先后不变。
  class Away extends Error {}

  async function ask(address, options) {
    const stopper = scope.AbortController ? new AbortController() : null;
    const timer = setTimeout(() => stopper && stopper.abort(), LONGEST);
    const given = Object.assign({ credentials: 'same-origin', cache: 'no-store', signal: stopper ? stopper.signal : undefined }, options);
    let answer, said = null;
    try {
      answer = await fetch(address, given);
      said = await answer.text();
    } catch (error) {
      throw new Away(String(error));
    } finally {
      clearTimeout(timer);
    }
    let told = null;
    try { told = JSON.parse(said); } catch (error) { told = null; }
    if (told === null || typeof told !== 'object') told = null;
    return { status: answer.status, told: told, login: answer.redirected && /\/login\//.test(answer.url), wait: Number(answer.headers.get('Retry-After')) || 0 };
  }

  async function fresh() {
    const { status, told } = await ask(TOKEN, { headers: { Accept: 'application/json' } });
    if (status !== 200 || !told || !told.token) throw new Away('没有取到口令');
    return told;
  }

  function body(unit) {
    const form = new FormData();
    unit.fields.forEach(pair => form.append(pair[0], pair[1]));
    unit.files.forEach(file => form.append(file.field, file.blob, file.name));
    return form;
  }

  // 发一件：true 是收下了，false 是要人来看（被退、须登录）；网络的毛病抛 Away。
  async function deliver(unit, token) {
    const headers = { Accept: 'application/json', 'X-CSRFToken': token };
    await Field.queue.change(unit.key, { begun: true });  // 从这里起内容不能再改：服务器也许已经收到
    const { status, told, login, wait } = await ask(unit.url, { method: 'POST', body: body(unit), headers: headers });
    if (status >= 200 && status < 300 && told && told.ok === true) {
      await Field.queue.settle(unit, told);
      return true;
    }
    if (status === 401 || login) {
      await Field.queue.change(unit.key, { state: 'held', sentence: (told && told.sentence) || '登录已过期。请重新登录，登录后自动发出。' });
      return false;
    }
    if (told && told.sentence && [400, 403, 404, 409, 413, 422].indexOf(status) >= 0) {
      await Field.queue.change(unit.key, { state: 'refused', status: status, sentence: told.sentence, errors: told.errors || null });
      return false;
    }
    if (status === 404 || status === 410) {  // 网是通的（刚取到口令）：再发也收不下，不挡后面的
      await Field.queue.change(unit.key, { state: 'refused', status: status, sentence: '要交到的地方已经没有了，没有收下。内容仍在本机，可以稍后重试或删去，也可以致电值班室。' });
      return false;
    }
    const tries = unit.tries + 1;
    if (status === 413 || (status >= 500 && tries >= PATIENCE)) {
      const sentence = status === 413 ? '照片太大，服务器没有收。请删去几张再发。' : '服务器几次都没有收成。可以稍后重试，或致电值班室。';
      await Field.queue.change(unit.key, { state: 'refused', status: status, tries: tries, sentence: sentence });
      return false;
    }
    await Field.queue.change(unit.key, { tries: tries, notBefore: Date.now() + (wait ? wait * 1000 : 0), sentence: (told && told.sentence) || '' });
    throw new Away('状态 ' + status);
  }

  async function release(who) {
    if (!who) return;
    // 登录回来了：原来等着登录的件可以发。
    const units = await Field.queue.all();
    for (const unit of units) if (unit.state === 'held' && unit.who === who) await Field.queue.retry(unit.key);
  }

  async function walk() {
    let sent = 0;
    const units = await Field.queue.all();
    if (!units.some(unit => unit.state !== 'refused')) return { sent: 0, left: 0 };
    try {
      const { token, who } = await fresh();
      await release(who);
      for (const unit of await Field.queue.all()) {
        if (unit.state !== 'waiting') continue;
        if (unit.notBefore && unit.notBefore > Date.now()) break;
        if (unit.who && unit.who !== who) {
          await Field.queue.change(unit.key, { state: 'held', sentence: who ? '这一件是另一个账号存的。请用原账号登录，登录后自动发出。' : '登录已过期。请重新登录，登录后自动发出。' });
          continue;
        }
        if (await deliver(unit, token)) sent += 1;
      }
    } catch (error) {
      if (!(error instanceof Away)) throw error;
    }
    return { sent: sent, left: (await Field.queue.count()).waiting };
  }

  function all() {
    if (!running) {
      const alone = scope.navigator.locks ? () => scope.navigator.locks.request('field-send', walk) : walk;
      running = alone().then(result => { running = null; return result; }, error => { running = null; throw error; });
    }
    return running;
  }

  // 后台同步：浏览器有的话，关了页面也会在联网时发。
  async function later() {
    const worker = scope.navigator.serviceWorker && await scope.navigator.serviceWorker.getRegistration('/m/');
    if (worker && worker.sync) await worker.sync.register('field-queue').catch(() => null);
  }

  async function hand(unit, options) {
    const { instead, keep } = options || {};
    await Field.queue.put(unit);
    if (instead && instead.key !== unit.key) await Field.queue.remove(instead.key);
    later().catch(error => console.warn(error));
    await Promise.race([all(), new Promise(resolve => setTimeout(resolve, WAIT))]);
    const sent = (await Field.queue.sent()).filter(row => row.key === unit.key)[0];
    const left = sent ? null : (await Field.queue.all()).filter(one => one.key === unit.key)[0];
    if (!left || left.state !== 'refused') return { sent: sent, kept: left };
    if (!keep || !keep(left)) await Field.queue.remove(unit.key);
    return { refused: left };
  }

  function watch() {
    const go = () => all().catch(error => console.error(error));
    scope.addEventListener('online', go);
    document.addEventListener('visibilitychange', () => { if (!document.hidden) go(); });
    setInterval(() => { if (!document.hidden && navigator.onLine !== false) go(); }, PAUSE);
    go();
  }

  Field.send = { all: all, hand: hand, later: later, watch: watch };
})(self);
