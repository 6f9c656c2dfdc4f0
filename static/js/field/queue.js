/* 待发队列：一件（表单和照片）作为一条记录存在本机 IndexedDB，网络回来后由 send.js 按先后发出，只算一次。
   普通脚本（不是模块）：页面用 <script defer>，/sw.js 用 importScripts，两处共用 self.Field。

   Field.queue.usable()                      能否用（没有 HTTPS、没有 IndexedDB 等时为 false，页面退回普通表单）
   Field.queue.newKey()                      32 位十六进制幂等键，随表单的 key 字段一起发给服务器
   Field.queue.put({key, url, label, who, fields: [[名, 值], …], files: [{field, name, blob}, …], extra})
                                             存一件（同一个 key 再存一次是替换，不会变成两件）；Promise，写完才算存好
   Field.queue.all()                         全部未发出的件，按先后；state: waiting 等待 | refused 被退 | held 须登录
   Field.queue.count()                       {waiting, refused, held}
   Field.queue.retry(key) / remove(key)      重试 / 删除一件（删除前由页面确认）
   Field.queue.sent()                        已收下的件（不含照片），新的在前，最多 50 件：{key, label, at, answer}
   Field.queue.forget(key)                   从已收下的清单里去掉一件
   Field.queue.onChange(fn)                  本页或别的标签页、后台有变化时调用
   Field.send.all()                          现在就发（见 send.js）；Field.send.watch() 页面打开期间自动发

   服务器的约定：POST 带 Accept: application/json 和 X-CSRFToken；
   收下 → 2xx {"ok": true, …}；内容要改 → 422 {"sentence", "errors"}；别人已办、状态已变 → 409 {"sentence"}；
   不许 → 403 {"sentence"}；须登录 → 401；太多 → 429 加 Retry-After。凡不是这样的答复都不算收下，等下次再发。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const NAME = 'field', VERSION = 1, MOST_SENT = 50;
  const listeners = [];
  const channel = scope.BroadcastChannel ? new BroadcastChannel('field-queue') : null;
  let opened = null;

  const usable = () => Boolean(scope.isSecureContext !== false && scope.indexedDB && scope.fetch && scope.FormData && scope.Blob && scope.crypto && scope.crypto.getRandomValues);

  const tell = () => listeners.forEach(listener => listener());
  const changed = () => { tell(); if (channel) channel.postMessage('changed'); };
  if (channel) channel.onmessage = tell;

  function open() {
    if (opened) return opened;
    opened = new Promise((resolve, reject) => {
      const asked = scope.indexedDB.open(NAME, VERSION);
      asked.onupgradeneeded = () => {
        asked.result.createObjectStore('units', { keyPath: 'seq', autoIncrement: true }).createIndex('key', 'key', { unique: true });
        asked.result.createObjectStore('sent', { keyPath: 'key' });
      };
      asked.onsuccess = () => {
        asked.result.onversionchange = () => { asked.result.close(); opened = null; };
        resolve(asked.result);
      };
      asked.onerror = () => { opened = null; reject(asked.error); };
    });
    return opened;
  }

  // 一个事务：work 里只用 IndexedDB 的请求；事务写完（oncomplete）才算成。
  async function within(stores, mode, work) {
    const base = await open();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(stores, mode);
      let result;
      transaction.oncomplete = () => resolve(result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error('没有存成'));
      work(transaction, value => { result = value; });
    });
  }

  function newKey() {
    const bytes = scope.crypto.getRandomValues(new Uint8Array(16));
    return Array.prototype.map.call(bytes, byte => ('0' + byte.toString(16)).slice(-2)).join('');
  }

  async function put(unit) {
    const whole = Object.assign({ state: 'waiting', tries: 0, at: Date.now(), who: '', label: '', files: [], extra: null, sentence: '' }, unit);
    await within(['units'], 'readwrite', transaction => {
      const units = transaction.objectStore('units');
      const known = units.index('key').get(unit.key);
      known.onsuccess = () => {
        if (known.result) whole.seq = known.result.seq;
        units.put(whole);
      };
    });
    if (scope.navigator.storage && scope.navigator.storage.persist) scope.navigator.storage.persist().catch(() => false);
    changed();
    return whole;
  }

  const everything = store => within([store], 'readonly', (transaction, done) => {
    const asked = transaction.objectStore(store).getAll();
    asked.onsuccess = () => done(asked.result);
  });
  const all = () => everything('units');
  const sent = async () => (await everything('sent')).sort((one, other) => other.at - one.at);

  async function count() {
    const numbers = { waiting: 0, refused: 0, held: 0 };
    (await all()).forEach(unit => { numbers[unit.state] += 1; });
    return numbers;
  }

  // 改一件；这件已经不在（别的标签页发出或删了）就什么也不做。
  async function change(key, work) {
    await within(['units'], 'readwrite', transaction => {
      const units = transaction.objectStore('units');
      const asked = units.index('key').get(key);
      asked.onsuccess = () => { if (asked.result) units.put(Object.assign(asked.result, work)); };
    });
    changed();
  }

  // 服务器收下了：从待发里取走并记下答复，在同一个事务里。
  async function settle(unit, answer) {
    await within(['units', 'sent'], 'readwrite', transaction => {
      const units = transaction.objectStore('units'), done = transaction.objectStore('sent');
      const asked = units.index('key').getKey(unit.key);
      asked.onsuccess = () => { if (asked.result !== undefined) units.delete(asked.result); };
      done.put({ key: unit.key, label: unit.label, url: unit.url, who: unit.who, at: unit.at, answer: answer });
      const old = done.getAll();
      old.onsuccess = () => old.result.sort((one, other) => other.at - one.at).slice(MOST_SENT).forEach(row => done.delete(row.key));
    });
    changed();
  }

  async function remove(key) {
    await within(['units'], 'readwrite', transaction => {
      const units = transaction.objectStore('units');
      const asked = units.index('key').getKey(key);
      asked.onsuccess = () => { if (asked.result !== undefined) units.delete(asked.result); };
    });
    changed();
  }

  async function forget(key) {
    await within(['sent'], 'readwrite', transaction => { transaction.objectStore('sent').delete(key); });
    changed();
  }

  const retry = key => change(key, { state: 'waiting', sentence: '', tries: 0, notBefore: 0 });

  Field.queue = { usable, newKey, put, all, count, change, settle, remove, retry, sent, forget, onChange: listener => listeners.push(listener) };
})(self);
