/* 增减记进队列，点一下就记住：先同步写一条便条（localStorage），再写队列（IndexedDB），写好了撕掉便条；
   中间页面没了，下次打开照便条补上，同一个 key，所以不会多记。断网时接连的点按并成一件：能并进去的只有队列里最后一件、
   同一班、还没有开始发的（send.js 发之前写上 begun），而且要拿着发送的锁，所以不会一边发一边改；拿不到锁就另存一件。
   Field.tally.note({who, day, shift, added}) → 便条；keep(便条, unit) → Promise，存好才算；recover(who, unit) 补上遗留的便条；
   unit(便条, key, added, at) 做一件 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const NAME = 'tally-', TAB = 'tally-tab', LIVE = 60 * 1000, OPENED = Date.now();  // 别的标签页一分钟内的便条还在它手里
  let tab = '';

  function mine() {
    if (!tab) {
      tab = sessionStorage.getItem(TAB) || Field.queue.newKey();
      sessionStorage.setItem(TAB, tab);
    }
    return tab;
  }

  function note(press) {
    const whole = Object.assign({ key: Field.queue.newKey(), at: Date.now() }, press);
    try {
      localStorage.setItem(NAME + whole.key, JSON.stringify(Object.assign({ tab: mine() }, whole)));
    } catch (error) {  // 不让写的浏览器就少这一层，队列照记
      console.warn(error);
    }
    return whole;
  }

  function open(last, press, url) {
    if (!last || last.begun || last.state !== 'waiting' || last.url !== url || last.who !== press.who || !last.extra) return false;
    return Boolean(last.extra.added) && last.extra.day === press.day && last.extra.shift === press.shift;
  }

  function merged(before, added) {
    const sum = Object.assign({}, before);
    Object.keys(added).forEach(name => { sum[name] = (sum[name] || 0) + added[name]; if (!sum[name]) delete sum[name]; });
    return sum;
  }

  async function store(press, unit, alone) {
    const alike = unit(press, press.key, press.added, press.at), last = alone ? (await Field.queue.all()).slice(-1)[0] : null;
    const sum = open(last, press, alike.url) ? merged(last.extra.added, press.added) : {};
    if (!Object.keys(sum).length) { await Field.queue.put(alike); return; }
    const whole = Object.assign(unit(press, last.key, sum, last.at), { at: last.at });
    whole.extra.parts = (last.extra.parts || []).concat(press.key);
    await Field.queue.put(whole);
  }

  async function keep(press, unit) {
    const locks = scope.navigator.locks;
    if (locks) await locks.request('field-send', { ifAvailable: true }, lock => store(press, unit, Boolean(lock)));
    else await store(press, unit, false);
    localStorage.removeItem(NAME + press.key);
  }

  async function recover(who, unit) {
    const units = await Field.queue.all(), known = units.reduce((keys, one) => keys.concat(one.key, one.extra && one.extra.parts || []), []);
    const notes = Object.keys(localStorage).filter(name => name.indexOf(NAME) === 0).map(name => JSON.parse(localStorage.getItem(name)));
    const left = notes.filter(one => one.who === who && one.at < OPENED && (one.tab === mine() || Date.now() - one.at > LIVE)).sort((one, other) => one.at - other.at);
    for (const one of left) {
      if (known.indexOf(one.key) >= 0) localStorage.removeItem(NAME + one.key); else await keep(one, unit);
    }
  }

  Field.tally = { note: note, keep: keep, recover: recover };
})(self);
