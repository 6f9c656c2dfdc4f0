/* 每个手机页面最后载入：登记后台（/sw.js，范围 /m/），换了账号就清掉上一个人存的页面，显示队列并开始自动发送。
   Field.leave(address) 交上去了，离开这一页；按返回键回来时旧页可能原样留着，那就重新打开，交过的内容不再交一次。 */
(function (scope) {
  'use strict';
  const Field = scope.Field;

  // 页面上写着现在是谁（[data-who]）；和上次不一样，本机存的页面就不是给这个人看的。
  async function forgetOthers() {
    const marked = document.querySelector('[data-who]');
    if (!marked || !scope.caches || navigator.onLine === false) return;
    const who = marked.getAttribute('data-who'), before = localStorage.getItem('field-who');
    localStorage.setItem('field-who', who);
    if (before === null || before === who) return;
    await caches.delete('field-pages');
    const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
    if (worker) worker.postMessage({ keep: location.pathname + location.search });
  }

  async function start() {
    if (navigator.serviceWorker) await navigator.serviceWorker.register('/sw.js', { scope: '/m/' });
  }

  Field.left = false;
  Field.leave = address => { Field.left = true; location.assign(address); };
  scope.addEventListener('pageshow', event => { if (event.persisted && Field.left) location.reload(); });

  const note = error => console.error(error);
  forgetOthers().catch(note);
  if (Field.queue.usable()) {
    Field.queue.onChange(Field.bar.paint);
    scope.addEventListener('online', Field.bar.paint);
    scope.addEventListener('offline', Field.bar.paint);
    Field.bar.paint();
    Field.send.watch();
  }
  scope.addEventListener('load', () => start().catch(note));
})(self);
