/* 勾选与批量：全选、X、Shift+J/K、Esc；浮条写明几件、能做什么。没有脚本时浮条在勾选后由样式显示，按钮打开整页表单。 */
{
  const boxes = () => [...document.querySelectorAll('#list input[name="n"]')];
  const picked = () => boxes().filter(box => box.checked);
  const buttons = () => [...document.querySelectorAll('#list [data-bulk-move]')];
  const words = () => Object.fromEntries(buttons().map(button => [button.dataset.bulkMove, button.textContent.replace(/[A-Z]$/, '').replace('批量', '').trim()]));
  let last = null;

  const draw = () => {
    const chosen = picked(), bar = document.querySelector('#list .bulk');
    boxes().forEach(box => box.closest('tr').classList.toggle('is-checked', box.checked));
    const every = document.querySelector('#list [data-pick-all]');
    if (every) {
      every.checked = chosen.length > 0 && chosen.length === boxes().length;
      every.indeterminate = chosen.length > 0 && !every.checked;
    }
    if (!bar) return;
    document.getElementById('list').classList.toggle('has-bulk', chosen.length > 0);
    const able = name => chosen.filter(box => box.closest('tr').dataset.moves.split(' ').includes(name)).length;
    const said = words();
    buttons().forEach(button => {
      const name = button.dataset.bulkMove, fits = name === 'export' || able(name) >= (name === 'merge' ? 2 : 1);
      if (fits) button.removeAttribute('aria-disabled'); else button.setAttribute('aria-disabled', 'true');
      button.disabled = !fits;
      button.classList.remove('btn--p');
    });
    const first = buttons().find(button => !button.disabled && button.dataset.bulkMove !== 'export');
    if (first) first.classList.add('btn--p');
    const name = first && first.dataset.bulkMove, count = name ? able(name) : 0;
    const can = !name ? '' : count === chosen.length ? `，均可${said[name]}` : `，${count} 件可${said[name]}`;
    const text = bar.querySelector('[data-picked]'), number = document.createElement('b');
    number.textContent = chosen.length;
    text.replaceChildren('已选 ', number, ` 件${can}`);
  };

  const pick = (box, on) => { box.checked = on; last = box; };

  document.addEventListener('change', event => {
    if (event.target.matches('#list [data-pick-all]')) boxes().forEach(box => { box.checked = event.target.checked; });
    else if (!event.target.matches('#list input[name="n"]')) return;
    draw();
  });
  document.addEventListener('click', event => {
    const box = event.target.closest('#list input[name="n"]');
    if (!box) return;
    if (event.shiftKey && last && last.isConnected) {
      const all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
      all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(one => { one.checked = box.checked; });
    }
    last = box;
    draw();
  });
  document.addEventListener('desk:pick', event => {
    const box = event.detail && event.detail.querySelector('input[name="n"]');
    if (!box) return;
    pick(box, event.cancelable ? !box.checked : true);
    draw();
  });
  const clear = () => { boxes().forEach(box => { box.checked = false; }); draw(); };
  document.addEventListener('reset', event => { if (event.target.matches('[data-bulk]')) setTimeout(draw); });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && !document.querySelector('dialog[open]') && picked().length) { event.preventDefault(); clear(); }
  });
  document.addEventListener('htmx:afterSettle', event => { if (event.target.id === 'list' || (event.target.closest && event.target.closest('#list'))) draw(); });
  draw();
}
