/* 页内页签：[role=tablist][data-tabs]，每个 [role=tab] 的 aria-controls 指向面板。换地址的页签是链接，不归这里。 */
{
  const tabsOf = list => [...list.querySelectorAll('[role="tab"]')];

  const choose = (list, chosen) => tabsOf(list).forEach(tab => {
    const on = tab === chosen, panel = document.getElementById(tab.getAttribute('aria-controls'));
    tab.setAttribute('aria-selected', on);
    tab.tabIndex = on ? 0 : -1;
    if (panel) panel.hidden = !on;
  });

  document.addEventListener('click', event => {
    const tab = event.target.closest('[data-tabs] [role="tab"]');
    if (tab) choose(tab.closest('[data-tabs]'), tab);
  });

  document.addEventListener('keydown', event => {
    const tab = event.target.closest && event.target.closest('[data-tabs] [role="tab"]');
    if (!tab || !['ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(event.key)) return;
    event.preventDefault();
    const list = tab.closest('[data-tabs]'), all = tabsOf(list), at = all.indexOf(tab);
    const next = { ArrowLeft: (at - 1 + all.length) % all.length, ArrowRight: (at + 1) % all.length, Home: 0, End: all.length - 1 }[event.key];
    choose(list, all[next]);
    all[next].focus();
  });
}
