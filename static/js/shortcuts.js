/* 单键快捷：[data-key="D"] 可见且可用时按下即点。输入时、对话框打开时、用户关闭时不起作用。? 列出本页的键。 */
{
  const NAMES = {
    A: '受理', B: '反馈', C: '批注', D: '派遣', E: '核实', F: '结案', G: '挂账', H: '回复', I: '督办', L: '立案', M: '合并', P: '打印',
    Q: '核查通过', R: '退回', S: '签收', T: '不予受理', U: '催办', V: '转核查', W: '返工', Y: '延期', Z: '作废',
  };
  const KEY_WORDS = { ArrowDown: '↓', ArrowUp: '↑', Enter: '⏎' };

  const visible = element => element.offsetParent !== null || element.getClientRects().length > 0;
  const usable = element => !element.disabled && element.getAttribute('aria-disabled') !== 'true';
  const typing = element => element && element.closest && element.closest(
    'input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable="true"]');
  const nameOf = event => {
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    return event.shiftKey && event.key.length === 1 && /[A-Z]/.test(key) ? 'Shift+' + key : key;
  };
  const wordOf = element => {
    if (element.dataset.keyWord) return element.dataset.keyWord;
    const copy = element.cloneNode(true);
    copy.querySelectorAll('kbd, .n, .sr').forEach(part => part.remove());
    return (copy.textContent.trim() || element.getAttribute('aria-label') || element.title || '').replace(/\s+/g, ' ');
  };
  const all = () => [...document.querySelectorAll('[data-key]')].filter(visible);
  const byKey = key => {
    const found = all().filter(element => element.dataset.key.split(' ').includes(key));
    return found.find(element => element.closest('.bulk')) || found.find(usable) || found[0];
  };
  // 表单里还有必填的空着：按键先到那一框，不提交。
  const gap = element => element.matches('button') && element.form
    && [...element.form.elements].find(field => field.willValidate && visible(field) && !field.validity.valid);
  const hint = text => document.dispatchEvent(new CustomEvent('toast', { detail: { text, kind: 'bad' } }));

  const sheet = () => {
    const dialog = document.querySelector('[data-keys-sheet]');
    if (!dialog || dialog.open) return;
    const list = dialog.querySelector('dl'), seen = new Set();
    list.replaceChildren();
    const row = (key, word) => {
      if (seen.has(key)) return;
      seen.add(key);
      const dt = document.createElement('dt'), dd = document.createElement('dd'), kbd = document.createElement('kbd');
      kbd.textContent = KEY_WORDS[key] || key;
      dt.append(kbd);
      dd.textContent = word;
      list.append(dt, dd);
    };
    all().filter(usable).forEach(element => element.dataset.key.split(' ').forEach(key => row(key, wordOf(element))));
    document.querySelectorAll('template[data-keys]').forEach(extra =>
      extra.dataset.keys.split(';').forEach(pair => row(pair.split('=')[0].trim(), pair.split('=')[1].trim())));
    row('Ctrl+⏎', '提交当前表单');
    row('?', '本页快捷键');
    row('Esc', '关闭');
    dialog.showModal();
  };

  document.addEventListener('click', event => { if (event.target.closest('[data-keys-open]')) sheet(); });

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target) || document.querySelector('dialog[open]')) return;
    if (event.key === '?') { event.preventDefault(); sheet(); return; }
    if (document.body.dataset.shortcuts === 'off') return;
    const key = nameOf(event), element = byKey(key);
    if (element && usable(element)) {
      event.preventDefault();
      const field = element.matches('input, textarea, select') ? element : gap(element);
      if (field) field.focus(); else element.click();
      return;
    }
    const why = element && element.dataset.why;
    if (why) { event.preventDefault(); hint(why); return; }
    if (document.body.dataset.keys === 'cases' && NAMES[key] && !event.repeat) hint(`这一件现在不能${NAMES[key]}（${key}）。可用的键按 ? 查看。`);
  });
}
