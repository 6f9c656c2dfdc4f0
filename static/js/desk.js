/* 指挥席：列表与详情。点行或 J/K 打开右栏，地址写 ?case=；窄屏直接进整页。 */
{
  const wide = () => matchMedia('(min-width: 1181px)').matches;
  const list = () => document.getElementById('list');
  const pane = () => document.getElementById('pane');
  const rows = () => [...document.querySelectorAll('#list tr[data-number]')];
  const current = () => rows().find(row => row.getAttribute('aria-selected') === 'true');
  const typing = element => element.closest && element.closest(
    'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable="true"]');

  const mark = (number, scroll) => rows().forEach(row => {
    const here = row.dataset.number === number;
    if (here) row.setAttribute('aria-selected', 'true'); else row.removeAttribute('aria-selected');
    if (here && scroll) row.scrollIntoView({ block: 'nearest' });
  });

  const address = number => {
    const url = new URL(location.href);
    url.searchParams.set('case', number);
    return url.pathname + url.search;
  };

  const show = (row, push) => {
    if (!row) return;
    const number = row.dataset.number;
    mark(number, true);
    pane().classList.add('is-loading');
    window.htmx.ajax('GET', '/cases/' + number + '/pane/', { target: '#pane', swap: 'innerHTML' })
      .then(() => pane().classList.remove('is-loading'));
    if (push) history.pushState({ desk: true }, '', address(number)); else history.replaceState({ desk: true }, '', address(number));
  };

  const step = by => {
    const all = rows(), at = all.indexOf(current());
    const next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by];
    if (next) show(next, false);
    return next;
  };

  document.addEventListener('htmx:configRequest', event => {
    const link = event.detail.elt;
    if (!link.matches || !link.matches('[data-open]')) return;
    event.preventDefault();
    if (wide()) show(link.closest('tr'), true); else location.href = link.href;
  });

  document.addEventListener('click', event => {
    const by = event.target.closest('[data-step]');
    if (by) { step(Number(by.dataset.step)); return; }
    const row = event.target.closest('#list tr[data-number]');
    if (row && !event.target.closest('a, input, button, label') && wide()) show(row, true);
  });

  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.body.dataset.shortcuts === 'off' || typing(event.target) || document.querySelector('dialog[open]')) return;
    const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
    if ((key === 'J' || key === 'K') && !wide()) {
      const all = rows(), at = all.indexOf(current()), next = all[at + (key === 'J' ? 1 : -1)];
      if (next) { event.preventDefault(); mark(next.dataset.number, true); }
    } else if (key === 'J' || key === 'K') {
      event.preventDefault();
      const by = key === 'J' ? 1 : -1;
      if (event.shiftKey) document.dispatchEvent(new CustomEvent('desk:pick', { detail: current() }));
      const next = step(by);
      if (event.shiftKey && next) document.dispatchEvent(new CustomEvent('desk:pick', { detail: next }));
    } else if (key === 'Enter' && !event.target.closest('a, button, summary, input')) {
      const row = current();
      if (!row) return;
      event.preventDefault();
      if (!wide()) location.href = row.querySelector('[data-open]').href;
      else { const body = pane().querySelector('.pane__body'); if (body) body.focus(); else show(row, true); }
    } else if (key === 'X') {
      const row = current();
      if (row) { event.preventDefault(); document.dispatchEvent(new CustomEvent('desk:pick', { detail: row, cancelable: true })); }
    }
  });

  // 右栏显示的是哪件，列表就标哪件；列表重新载入后也一样。
  document.addEventListener('htmx:afterSettle', () => {
    const bar = pane() && pane().querySelector('[data-case]');
    if (bar) mark(bar.dataset.case, false);
  });
  // 动作办完，焦点离开表单，单键接着可用；没办成，焦点到要改的框。
  document.addEventListener('htmx:afterSwap', event => {
    const { target, requestConfig, xhr } = event.detail;
    if (!target || target.id !== 'pane' || !requestConfig || requestConfig.verb !== 'post') return;
    const wrong = xhr.status >= 400 && (pane().querySelector('[aria-invalid="true"]') || pane().querySelector('.errsum'));
    const next = wrong || pane().querySelector('.pane__body');
    if (next) next.focus({ preventScroll: !wrong });
  });
  // 批量办理之后，打开着的那件也可能变了。
  document.addEventListener('list-changed', () => {
    const bar = pane() && pane().querySelector('[data-case]');
    if (bar) window.htmx.ajax('GET', '/cases/' + bar.dataset.case + '/pane/', { target: '#pane', swap: 'innerHTML' });
  });
  // 表单被拒（403）时，连同说明一起显示。
  document.addEventListener('htmx:beforeSwap', event => {
    if (event.detail.xhr.status === 403 && event.detail.xhr.getResponseHeader('X-Form') === 'refused') {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
    }
  });
  window.addEventListener('popstate', () => {
    const number = new URL(location.href).searchParams.get('case');
    const row = rows().find(one => one.dataset.number === number);
    if (row) show(row, false);
  });

  const begin = () => {
    if (!list() || !wide()) return;
    const asked = new URL(location.href).searchParams.get('case');
    const row = rows().find(one => one.dataset.number === asked);
    if (row) show(row, false);
    else if (asked && /^[A-Z]{2}-\d{4}-\d{3,}$/.test(asked)) window.htmx.ajax('GET', '/cases/' + asked + '/pane/', { target: '#pane', swap: 'innerHTML' });
    else if (rows()[0]) show(rows()[0], false);
  };
  begin();
}
