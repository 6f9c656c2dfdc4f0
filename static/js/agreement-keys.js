/* 责任书纸面的键盘和粘贴：Ctrl+Z/Y 撤销重做，粘贴只留文字，表格里回车加行、Tab 换格、空行退格删行。离开前先存完。 */
import { makeBlock, makeRow } from './agreement-text.js';

const cellOf = node => (node && node.nodeType === Node.ELEMENT_NODE ? node : node && node.parentElement)?.closest('td');

export const listen = ({ root, heading, values, blockOf, putCaret, note, saver, typed, undo, redo }) => {
  const place = () => { const chosen = getSelection(); return chosen.rangeCount && root.contains(chosen.anchorNode) ? chosen.anchorNode : null; };

  const addRow = cell => {
    const row = makeRow(['', '', ''], values);
    cell.parentElement.after(row);
    putCaret(row.querySelector('td'));
    note();
  };
  const nextCell = (cell, back) => {
    const cells = [...cell.closest('table').querySelectorAll('td')], next = cells[cells.indexOf(cell) + (back ? -1 : 1)];
    if (next) putCaret(next);
    else if (!back) addRow(cell);
  };
  const dropRow = cell => {
    const row = cell.parentElement, table = cell.closest('table'), near = row.previousElementSibling || row.nextElementSibling;
    row.remove();
    if (near) putCaret(near.querySelector('td'));
    else {
      const after = makeBlock({ kind: 'paragraph', text: '' }, values);
      table.replaceWith(after);
      putCaret(after);
    }
    note();
  };
  const inCell = (event, cell) => {
    if (event.key === 'Enter') { event.preventDefault(); addRow(cell); }
    else if (event.key === 'Tab') { event.preventDefault(); nextCell(cell, event.shiftKey); }
    else if (event.key === 'Backspace' && [...cell.parentElement.querySelectorAll('td')].every(one => !one.textContent.trim())) {
      event.preventDefault();
      dropRow(cell);
    }
  };

  root.addEventListener('keydown', event => {
    if (event.isComposing) return;
    const cell = cellOf(place());
    if (cell && !event.ctrlKey && !event.metaKey) { inCell(event, cell); return; }
    if (event.key === 'Enter' && !event.shiftKey) {
      const block = blockOf(place());
      // 空的编号条款或标题上再按回车，回到正文。
      if (block && (block.className === 'clause' || block.tagName === 'H2') && !block.textContent.trim()) {
        event.preventDefault();
        const text = makeBlock({ kind: 'paragraph', text: '' }, values);
        block.replaceWith(text);
        putCaret(text);
        note();
      }
    }
  });
  heading.addEventListener('keydown', event => { if (event.key === 'Enter') event.preventDefault(); });

  const history = event => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key === 'z' && !event.shiftKey) { event.preventDefault(); undo(); }
    else if (key === 'y' || (key === 'z' && event.shiftKey)) { event.preventDefault(); redo(); }
    else if (key === 's') { event.preventDefault(); saver.flush(); }
    else if (['b', 'i', 'u'].includes(key)) event.preventDefault();
  };
  const paste = event => {
    event.preventDefault();
    const lines = event.clipboardData.getData('text/plain').split(/\r?\n/).map(line => line.trim()).filter(Boolean);
    const many = lines.length > 1 && event.currentTarget === root && !cellOf(place());
    lines.forEach((line, at) => {
      if (at && many) document.execCommand('insertParagraph');
      document.execCommand('insertText', false, at && !many ? ` ${line}` : line);
    });
  };
  for (const part of [root, heading]) {
    part.addEventListener('keydown', history);
    part.addEventListener('paste', paste);
    part.addEventListener('drop', event => event.preventDefault());
    part.addEventListener('input', typed);
    part.addEventListener('blur', () => { note(); saver.flush(); });
  }
  document.execCommand('defaultParagraphSeparator', false, 'p');

  // 右栏的表单和送签要用最新的正文：先存完再走。
  window.addEventListener('submit', event => {
    if (!saver.isDirty() || !event.target.closest('#agreement-pane')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    saver.flush().then(() => event.target.requestSubmit(event.submitter));
  }, true);
  document.addEventListener('htmx:confirm', event => {
    if (!saver.isDirty() || !event.target.matches('[data-agreement-send]')) return;
    event.preventDefault();
    saver.flush().then(() => event.detail.issueRequest());
  });
};
