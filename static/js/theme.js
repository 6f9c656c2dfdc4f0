/* 主题：在首次绘制前写到 <html>。服务器给出个人设置，本机的临时切换只在设置未变时有效。 */
(function () {
  var root = document.documentElement, choice = root.dataset.themeChoice || 'auto', key = 'theme';
  var media = window.matchMedia ? window.matchMedia('(prefers-color-scheme: dark)') : null;

  function kept() {
    try { return JSON.parse(localStorage.getItem(key)) || {}; } catch (e) { return {}; }
  }
  function wanted() {
    var mine = kept();
    if (mine.choice === choice && mine.theme) return mine.theme;
    if (choice !== 'auto') return choice;
    return media && media.matches ? 'dark' : 'light';
  }
  function show(theme) {
    if (root.dataset.theme === theme) return;
    root.dataset.theme = theme;
    document.dispatchEvent(new CustomEvent('theme-changed', { detail: { theme: theme } }));
  }

  if (choice !== 'fixed') {
    show(wanted());
    if (media && media.addEventListener) media.addEventListener('change', function () { show(wanted()); });
  }
  /* 大字：记在本机，手机和公众页用；按钮没有脚本时不出现。 */
  function large() {
    try { return localStorage.getItem('large') === 'yes'; } catch (e) { return root.dataset.large === 'yes'; }
  }
  function showLarge() {
    root.dataset.large = large() ? 'yes' : 'no';
    Array.prototype.forEach.call(document.querySelectorAll('[data-large-toggle]'), function (button) {
      button.hidden = false;
      button.setAttribute('aria-pressed', String(root.dataset.large === 'yes'));
    });
  }
  showLarge();
  document.addEventListener('DOMContentLoaded', showLarge);
  document.addEventListener('click', function (event) {
    if (!event.target.closest || !event.target.closest('[data-large-toggle]')) return;
    var next = root.dataset.large === 'yes' ? 'no' : 'yes';
    root.dataset.large = next;
    try { localStorage.setItem('large', next); } catch (e) { /* 隐私模式：只对本页有效 */ }
    showLarge();
  });
  document.addEventListener('click', function (event) {
    if (!event.target.closest || !event.target.closest('[data-theme-toggle]')) return;
    var next = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem(key, JSON.stringify({ choice: choice, theme: next })); } catch (e) { /* 隐私模式：只对本页有效 */ }
    show(next);
  });
})();
