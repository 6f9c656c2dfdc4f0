/* 常用语：点一下填入说明框；照片按钮写明已选几张。没有脚本时常用语不显示。 */
{
  const reveal = root => root.querySelectorAll('[data-phrases]').forEach(box => { box.hidden = false; });

  document.addEventListener('click', event => {
    const chip = event.target.closest('[data-phrase]');
    const area = chip && chip.closest('form').querySelector('textarea');
    if (!area) return;
    area.value = area.value.trim() ? `${area.value.trim()}${chip.dataset.phrase}` : chip.dataset.phrase;
    area.dispatchEvent(new Event('input', { bubbles: true }));
    area.focus();
  });
  document.addEventListener('change', event => {
    const input = event.target;
    if (input.type !== 'file' || !input.id) return;
    const label = document.querySelector(`label[for="${input.id}"] [data-files]`);
    if (!label) return;
    label.dataset.idle = label.dataset.idle || label.textContent;
    label.textContent = input.files.length ? `已选 ${input.files.length} 张` : label.dataset.idle;
  });
  document.addEventListener('htmx:load', event => { if (event.target.querySelectorAll) reveal(event.target); });
  reveal(document);
}
