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
  document.addEventListener('click', function (event) {
    if (!event.target.closest || !event.target.closest('[data-theme-toggle]')) return;
    var next = root.dataset.theme === 'dark' ? 'light' : 'dark';
    try { localStorage.setItem(key, JSON.stringify({ choice: choice, theme: next })); } catch (e) { /* 隐私模式：只对本页有效 */ }
    show(next);
  });
})();
