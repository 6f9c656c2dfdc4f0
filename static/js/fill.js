/* 点一下就填好：[data-fill] 写明输入框的 id，[data-value] 写明内容。没有脚本时，链接打开已填好的表单，按钮随表单提交。 */
document.addEventListener('click', event => {
  const fill = event.target.closest('[data-fill]');
  const field = fill && document.getElementById(fill.dataset.fill);
  if (!field) return;
  event.preventDefault();
  field.value = fill.dataset.value;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  field.focus();
});
