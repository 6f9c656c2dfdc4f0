/* 顶上的一条：本机还有几件没发出、为什么。[data-queue-bar] 里的 [data-queue-words] 写字；别的脚本不用管它。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};

  function words(numbers) {
    const parts = [];
    if (numbers.waiting) parts.push((navigator.onLine === false ? '没有网络，' : '') + numbers.waiting + ' 件已存本机，联网后自动上传');
    if (numbers.held) parts.push(numbers.held + ' 件须重新登录后发出');
    if (numbers.refused) parts.push(numbers.refused + ' 件没有发成，要看一下');
    return parts.join('；');
  }

  async function paint() {
    const bar = document.querySelector('[data-queue-bar]');
    if (!bar) return;
    const numbers = await Field.queue.count(), said = words(numbers), link = bar.querySelector('a');
    const login = numbers.held && !numbers.refused;  // 只差登录的，一步就到
    link.textContent = login ? '登录' : '查看';
    link.href = login ? '/login/?next=/m/mine/' : '/m/mine/';
    bar.hidden = !said;
    bar.querySelector('[data-queue-words]').textContent = said;
  }

  Field.bar = { paint: () => paint().catch(error => console.error(error)) };
})(self);
