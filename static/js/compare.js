/* 前后照片对比：range 的值写到 --x；没有脚本时两张各占一半。左右键由 range 自带。 */
{
  const set = range => range.closest('.cmp').style.setProperty('--x', range.value + '%');
  document.addEventListener('input', event => { if (event.target.matches('.cmp input[type=range]')) set(event.target); });
  document.querySelectorAll('.cmp input[type=range]').forEach(set);
  document.addEventListener('htmx:load', event => event.target.querySelectorAll('.cmp input[type=range]').forEach(set));
}
