/* 预检：改好一格后，焦点到同一行的下一处错误；这一行没有错误了，就到下一行的。 */
{
  const boxes = () => [...document.querySelectorAll('.preview tbody [aria-invalid="true"]')];
  let place = 0;

  document.addEventListener('htmx:beforeRequest', event => {
    const row = event.target.closest && event.target.closest('.preview tbody tr');
    if (row) place = Math.max(0, boxes().findIndex(box => row.contains(box)));
  });
  document.addEventListener('htmx:afterSettle', event => {
    const row = event.detail.target;
    if (!(row instanceof HTMLTableRowElement) || (document.activeElement && document.activeElement !== document.body)) return;
    const next = boxes()[place] || document.querySelector('#commit .btn--p');
    if (next) next.focus();
  });
}
