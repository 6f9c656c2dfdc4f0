/* 煤改电台账：J/K 上下移动，回车或点行打开，X 勾选，全选本页，写明勾选几户。 */
{
  const rows = () => [...document.querySelectorAll('.hh-tbl tbody tr[data-href]')];
  const boxes = () => [...document.querySelectorAll('.hh-tbl input[name="n"]')];
  const current = () => rows().find(row => row.getAttribute('aria-selected') === 'true');
  const typing = element => element.closest && element.closest(
    'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable="true"]');

  const mark = row => {
    rows().forEach(one => one.removeAttribute('aria-selected'));
    if (!row) return;
    row.setAttribute('aria-selected', 'true');
    row.scrollIntoView({ block: 'nearest' });
  };

  const draw = () => {
    const all = boxes(), chosen = all.filter(box => box.checked);
    all.forEach(box => box.closest('tr').classList.toggle('is-checked', box.checked));
    const every = document.querySelector('.hh-tbl [data-pick-all]');
    if (every) {
      every.checked = chosen.length > 0 && chosen.length === all.length;
      every.indeterminate = chosen.length > 0 && !every.checked;
    }
    const text = document.querySelector('.bulk [data-picked]');
    if (text) text.textContent = `已选 ${chosen.length} 户`;
  };

  document.addEventListener('change', event => {
    if (event.target.matches('.hh-tbl [data-pick-all]')) boxes().forEach(box => { box.checked = event.target.checked; });
    if (event.target.matches('.hh-tbl input')) draw();
  });

  document.addEventListener('click', event => {
    const row = event.target.closest('.hh-tbl tbody tr[data-href]');
    if (row && !event.target.closest('a, input, button, label')) location.href = row.dataset.href;
  });

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.body.dataset.shortcuts === 'off' || typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key, all = rows(), at = all.indexOf(current());
    if (key === 'J' || key === 'K') {
      event.preventDefault();
      mark(all[Math.max(0, Math.min(all.length - 1, at < 0 ? 0 : at + (key === 'J' ? 1 : -1)))]);
    } else if (key === 'Enter' && at >= 0 && !event.target.closest('a, button, summary, input')) {
      event.preventDefault();
      location.href = all[at].dataset.href;
    } else if (key === 'X' && at >= 0) {
      const box = all[at].querySelector('input[name="n"]');
      if (box) { event.preventDefault(); box.checked = !box.checked; draw(); }
    }
  });
  draw();
}
