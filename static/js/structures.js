/* 违建台账：点行或 J/K 打开右栏，地址写 ?structure=；窄屏直接进整页。Esc 收起右栏。 */
{
  const wide = () => matchMedia('(min-width: 1181px)').matches;
  const pane = () => document.getElementById('pane');
  const rows = () => [...document.querySelectorAll('#list tr[data-number]')];
  const current = () => rows().find(row => row.getAttribute('aria-selected') === 'true');
  const typing = element => element.closest && element.closest(
    'input:not([type=checkbox]):not([type=radio]):not([type=range]), textarea, select, [contenteditable="true"]');

  const mark = (number, scroll) => rows().forEach(row => {
    const here = row.dataset.number === number;
    if (here) row.setAttribute('aria-selected', 'true'); else row.removeAttribute('aria-selected');
    if (here && scroll) row.scrollIntoView({ block: 'nearest' });
  });
  const address = number => {
    const url = new URL(location.href);
    if (number) url.searchParams.set('structure', number); else url.searchParams.delete('structure');
    return url.pathname + url.search;
  };
  const show = (row, push) => {
    if (!row || !pane()) return;
    const number = row.dataset.number;
    mark(number, true);
    document.getElementById('main').classList.remove('is-shut');
    pane().classList.add('is-loading');
    window.htmx.ajax('GET', `/ledgers/structures/${number}/pane/`, { target: '#pane', swap: 'innerHTML' })
      .then(() => pane().classList.remove('is-loading'));
    history[push ? 'pushState' : 'replaceState']({ ledger: true }, '', address(number));
  };
  const shut = () => {
    document.getElementById('main').classList.add('is-shut');
    const row = current();
    mark('', false);
    history.replaceState({ ledger: true }, '', address(''));
    if (row) row.querySelector('[data-open]').focus();
  };

  document.addEventListener('htmx:configRequest', event => {
    const link = event.detail.elt;
    if (!link.matches || !link.matches('[data-open]')) return;
    event.preventDefault();
    if (wide() && pane()) show(link.closest('tr'), true); else location.href = link.href;
  });
  document.addEventListener('click', event => {
    if (event.target.closest('[data-shut]')) { event.preventDefault(); shut(); return; }
    const row = event.target.closest('#list tr[data-number]');
    if (row && !event.target.closest('a, input, button, label') && wide()) show(row, true);
  });
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.body.dataset.shortcuts === 'off' || typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if (key === 'J' || key === 'K') {
      event.preventDefault();
      const all = rows(), at = all.indexOf(current()), by = key === 'J' ? 1 : -1;
      const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
      if (next && wide()) show(next, false); else if (next) mark(next.dataset.number, true);
    } else if (key === 'X' && current() && current().querySelector('[name="n"]')) {
      event.preventDefault();
      current().querySelector('[name="n"]').click();
    } else if (key === 'Enter' && current() && !event.target.closest('a, button, summary, input')) {
      event.preventDefault();
      if (!wide()) location.href = current().querySelector('[data-open]').href;
      else { const body = pane().querySelector('.pane__body'); if (body) body.focus(); }
    } else if (key === 'Escape' && pane() && !document.getElementById('main').classList.contains('is-shut') && wide()) shut();
  });
  // 勾选：全选本页，数出已选几处；X 勾选当前一处。
  const picks = () => [...document.querySelectorAll('[data-picks] input[name="n"]')];
  const count = () => {
    const picked = picks().filter(box => box.checked).length, said = document.querySelector('[data-picked]');
    if (said) said.textContent = picked;
    picks().forEach(box => box.closest('tr').classList.toggle('is-checked', box.checked));
  };
  document.addEventListener('change', event => {
    if (event.target.matches('[data-pick-all]')) picks().forEach(box => { box.checked = event.target.checked; });
    if (event.target.closest('[data-picks]')) count();
  });
  document.addEventListener('reset', () => setTimeout(count));
  // 办完一步，焦点回到右栏，单键接着可用。
  document.addEventListener('htmx:afterSwap', event => {
    const { target, requestConfig } = event.detail;
    if (!target || target.id !== 'pane' || !requestConfig || requestConfig.verb !== 'post') return;
    const body = pane().querySelector('.pane__body');
    if (body) body.focus({ preventScroll: true });
  });
  window.addEventListener('popstate', () => {
    const number = new URL(location.href).searchParams.get('structure');
    const row = rows().find(one => one.dataset.number === number);
    if (row) show(row, false);
  });
}
