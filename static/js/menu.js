/* 菜单：<details data-menu>，没有脚本也能打开。脚本补上方向键、Esc 和点外面关闭。 */
{
  const items = menu => [...menu.querySelectorAll('.menu a, .menu button:not([disabled])')];
  const shut = (menu, back) => {
    menu.open = false;
    if (back) menu.querySelector('summary').focus();
  };

  document.addEventListener('keydown', event => {
    const menu = event.target.closest && event.target.closest('details[data-menu]');
    if (!menu) return;
    const list = items(menu), at = list.indexOf(document.activeElement);
    if (event.key === 'Escape' && menu.open) {
      event.stopPropagation();
      shut(menu, true);
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      menu.open = true;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      const next = at < 0 ? (step > 0 ? 0 : list.length - 1) : (at + step + list.length) % list.length;
      if (list[next]) list[next].focus();
    } else if (event.key === 'Home' || event.key === 'End') {
      if (!menu.open || !list.length) return;
      event.preventDefault();
      list[event.key === 'Home' ? 0 : list.length - 1].focus();
    }
  });

  document.addEventListener('click', event => {
    document.querySelectorAll('details[data-menu][open]').forEach(menu => {
      const item = event.target.closest('.menu a, .menu button');
      if (!menu.contains(event.target)) shut(menu, false);
      else if (item && menu.contains(item)) shut(menu, false);
    });
  });

  document.addEventListener('focusout', event => {
    const menu = event.target.closest && event.target.closest('details[data-menu][open]');
    if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) shut(menu, false);
  });
}
