/* 对话框：htmx 填入 <dialog> 即打开；[data-dialog="#id"] 打开页内的；[data-close] 关闭。焦点先到首个错误或首个字段，关后回到触发处。 */
{
  let opener = null;

  const focusFirst = dialog => {
    const first = dialog.querySelector('[aria-invalid="true"]') || dialog.querySelector('[autofocus]')
      || dialog.querySelector('.dlg__b input:not([type=hidden]):not([disabled]), .dlg__b select, .dlg__b textarea')
      || dialog.querySelector('.dlg__f .btn--p, .dlg__f button, button');
    if (first) first.focus();
  };

  const open = (dialog, from) => {
    if (!dialog.open) {
      opener = from && from !== document.body ? { element: from, id: from.id } : null;
      dialog.showModal();
    }
    focusFirst(dialog);
  };

  const label = dialog => {
    const title = dialog.querySelector('.dlg__h h2');
    if (!title) return;
    title.id = title.id || 'dialog-title';
    dialog.setAttribute('aria-labelledby', title.id);
  };

  document.addEventListener('click', event => {
    const wants = event.target.closest('[data-dialog]');
    if (wants) {
      const dialog = document.querySelector(wants.dataset.dialog);
      if (dialog) { event.preventDefault(); open(dialog, wants); }
      return;
    }
    const close = event.target.closest('[data-close]');
    const dialog = close && close.closest('dialog');
    if (dialog) { event.preventDefault(); dialog.close(); }
  });

  // 等 htmx 接管了表单再打开，手快的人也不会落到整页提交。
  document.addEventListener('htmx:afterSettle', event => {
    const dialog = event.detail.target;
    if (!(dialog instanceof HTMLDialogElement)) return;
    if (!dialog.firstElementChild) { if (dialog.open) dialog.close(); return; }
    label(dialog);
    open(dialog, event.detail.requestConfig && event.detail.requestConfig.elt);
  });

  document.addEventListener('dialog-close', () => document.querySelectorAll('dialog[open]').forEach(d => d.close()));

  document.addEventListener('close', event => {
    if (!(event.target instanceof HTMLDialogElement)) return;
    if (event.target.id === 'dialog') event.target.replaceChildren();
    const back = opener && (opener.element.isConnected ? opener.element : document.getElementById(opener.id));
    opener = null;
    if (back) back.focus();
  }, true);

  document.querySelectorAll('dialog[data-open]').forEach(dialog => open(dialog, document.activeElement));
}
