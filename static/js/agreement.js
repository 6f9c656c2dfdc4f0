/* 责任书编辑：纸面直接改，工具条、撤销重做、粘贴成纯文字、表格里回车加行；存由 agreement-save.js。 */
import { dress, kindOf, makeBlock, makeVariable, readBlocks, showBlocks } from './agreement-text.js';
import { autosave } from './agreement-save.js';
import { makeHistory } from './agreement-history.js';
import { listen } from './agreement-keys.js';

const root = document.querySelector('[data-agreement-text]'), heading = document.querySelector('[data-agreement-heading]');
const find = name => document.querySelector(`[data-agreement-${name}]`), tool = name => document.querySelector(`[data-tool="${name}"]`);
const values = JSON.parse(document.getElementById('agreement-values').textContent);
const status = find('status'), said = find('said'), conflict = find('conflict');

const content = () => ({ heading: heading.textContent, blocks: readBlocks(root) });
const saver = autosave({
  address: root.dataset.save, key: `agreement:${root.dataset.template}`, revision: Number(root.dataset.revision),
  hooks: {
    content,
    said(words, icon) {
      said.textContent = words;
      const use = status.querySelector('use');
      use.setAttribute('href', use.getAttribute('href').replace(/#.*/, `#i-${icon}`));
    },
    saved(answer) {
      const since = answer.version > 1 ? `，与第 ${answer.version - 1} 版相比改动 ${answer.changes} 处` : '';
      find('version').textContent = `版本 ${answer.version}${since}`;
      document.querySelectorAll('[data-agreement-revision]').forEach(field => { field.value = answer.revision; });
      names(answer.names);
    },
    conflict(sentence, revision) {
      find('why').textContent = sentence;
      conflict.dataset.revision = revision;
      conflict.hidden = false;
    },
  },
});

dress(root, values);
const show = state => { heading.textContent = state.heading; showBlocks(root, state.blocks, values); };
const { note, undo, redo, typed, isNow } = makeHistory({
  read: content, show, changed: () => saver.changed(),
  buttons(back, forth) { tool('undo').disabled = !back; tool('redo').disabled = !forth; },
});

/* —— 光标 —— */
let range = null;
document.addEventListener('selectionchange', () => {
  const chosen = getSelection();
  if (!chosen.rangeCount || !root.contains(chosen.anchorNode)) return;
  range = chosen.getRangeAt(0).cloneRange();
  const block = blockOf(range.startContainer), kind = block ? kindOf(block) : '';
  for (const name of ['heading', 'clause']) tool(name).setAttribute('aria-pressed', String(kind === name));
});
const blockOf = node => { while (node && node.parentNode !== root) node = node.parentNode; return node; };
const here = () => (range && root.contains(range.startContainer) ? range : null);
const putCaret = (node, atEnd = true) => {
  const place = document.createRange();
  place.selectNodeContents(node);
  place.collapse(!atEnd);
  root.focus();
  getSelection().removeAllRanges();
  getSelection().addRange(place);
};
const addAfter = elements => {
  const block = here() ? blockOf(range.startContainer) : root.lastElementChild;
  if (block) block.after(...elements); else root.append(...elements);
  putCaret(elements.at(-1).querySelector('td') || elements.at(-1));
  note();
};

/* —— 工具条 —— */
const turn = kind => {
  const block = here() && blockOf(range.startContainer);
  if (!block || kindOf(block) === 'table') { addAfter([makeBlock({ kind, text: '' }, values)]); return; }
  const next = document.createElement(kind === 'heading' && kindOf(block) !== 'heading' ? 'h2' : 'p');
  if (kind === 'clause' && kindOf(block) !== 'clause') next.className = 'clause';
  next.append(...block.childNodes);
  block.replaceWith(next);
  putCaret(next);
  note();
};
const insert = name => {
  if (!here()) putCaret(root.lastElementChild);
  const place = getSelection().rangeCount && root.contains(getSelection().anchorNode) ? getSelection().getRangeAt(0) : here();
  const span = makeVariable(name, values);
  place.deleteContents();
  place.insertNode(span);
  place.setStartAfter(span);
  place.collapse(true);
  root.focus();
  getSelection().removeAllRanges();
  getSelection().addRange(place);
  note();
};
const names = list => {
  const item = name => { const button = document.createElement('button'); button.type = 'button'; button.dataset.insert = button.textContent = name; return button; };
  find('names').querySelectorAll('[data-insert]').forEach(button => button.remove());
  find('names').prepend(...list.map(item));
};
find('new').addEventListener('submit', event => {
  event.preventDefault();
  const field = event.target.elements.name, name = field.value.replace(/[{}]/g, '').trim();
  if (name) insert(name);
  field.value = '';
  event.target.closest('details').open = false;
});
const tools = {
  heading: () => turn('heading'), clause: () => turn('clause'), undo, redo,
  table: () => addAfter([makeBlock({ kind: 'table', rows: [['', '', ''], ['', '', '']] }, values), makeBlock({ kind: 'paragraph', text: '' }, values)]),
};
document.addEventListener('mousedown', event => { if (event.target.closest('[data-tool], [data-insert]')) event.preventDefault(); });
document.addEventListener('click', async event => {
  const target = event.target.closest('[data-tool], [data-insert], [data-insert-clause], [data-agreement-mine], [data-agreement-theirs]');
  if (!target) return;
  if (target.dataset.tool) tools[target.dataset.tool]();
  else if (target.dataset.insert) insert(target.dataset.insert);
  else if (target.dataset.insertClause) {
    event.preventDefault();
    addAfter(JSON.parse(document.getElementById(target.dataset.insertClause).textContent).map(block => makeBlock(block, values)));
  } else if (target === find('mine')) { conflict.hidden = true; await saver.upon(Number(conflict.dataset.revision)); }
  else { saver.forget(); location.reload(); }
});

/* —— 开始 —— */
const editable = (element, how, word) => {
  element.contentEditable = how;
  element.setAttribute('role', 'textbox');
  element.setAttribute('aria-label', word);
};
editable(root, 'true', '正文，可编辑');
root.setAttribute('aria-multiline', 'true');
editable(heading, 'plaintext-only', '标题，可编辑');
listen({ root, heading, values, blockOf, putCaret, note, saver, typed, undo, redo });
const left = saver.left(), mine = left && { heading: left.heading, blocks: left.blocks };
// 离开时发出的那次保存可能晚于本页的取得：本机记得更新的版次，就再取一次。
const fetchedEarly = mine && left.revision > saver.revision() && performance.getEntriesByType('navigation')[0]?.type !== 'reload';
if (mine && isNow(mine)) saver.forget();
else if (fetchedEarly) location.reload();
else if (mine) {
  show(mine);
  if (left.revision === saver.revision()) note();
  else {
    saver.halt();
    const at = new Date(left.at).toLocaleString('zh-CN', { hour12: false });
    find('why').textContent = `本机有没保存的文字（${at}），这份责任书之后又改过。现在显示的是本机的文字，请对照后再决定。`;
    conflict.dataset.revision = saver.revision();
    conflict.hidden = false;
  }
}
