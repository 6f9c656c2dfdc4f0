/* 责任书正文：纸面上的段落 ⇄ 结构化的块（标题、正文、编号条款、指标表）。只写 textContent，从不写 HTML。 */
const TOKEN = /\{\{\s*([^{}]{1,20}?)\s*\}\}/g;

export const makeVariable = (name, values) => {
  const span = document.createElement('span'), value = values[name];
  span.className = value ? 'var var--ok' : 'var';
  span.dataset.var = name;
  span.contentEditable = 'false';
  span.textContent = value || '待填写';
  span.title = name;
  return span;
};

const fill = (element, text, values) => {
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) element.append(text.slice(end, match.index));
    element.append(makeVariable(match[1], values));
    end = match.index + match[0].length;
  }
  if (end < text.length) element.append(text.slice(end));
  if (!text) element.append(document.createElement('br'));
  return element;
};

const cell = (tag, text, className = '') => {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
};

export const makeRow = (row, values) => {
  const tr = document.createElement('tr'), number = cell('th', '');
  number.scope = 'row';
  number.contentEditable = 'false';
  tr.append(number, ...row.map(text => fill(document.createElement('td'), text, values)));
  return tr;
};

const makeTable = (rows, values) => {
  const table = cell('table', '', 'doc-tbl'), head = document.createElement('thead'), line = document.createElement('tr');
  const words = [['序号', 'w-no'], ['指标', ''], ['目标值', 'w-target'], ['分值', 'w-points']];
  head.contentEditable = 'false';
  line.append(...words.map(([word, width]) => { const th = cell('th', word, width); th.scope = 'col'; return th; }));
  head.append(line);
  const body = document.createElement('tbody');
  body.append(...rows.map(row => makeRow(row, values)));
  table.append(head, body);
  return table;
};

export const makeBlock = (block, values) => {
  if (block.kind === 'table') return makeTable(block.rows, values);
  const element = document.createElement(block.kind === 'heading' ? 'h2' : 'p');
  if (block.kind === 'clause') element.className = 'clause';
  return fill(element, block.text, values);
};

export const textOf = node => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return '';
  if (node.dataset.var) return `{{${node.dataset.var}}}`;
  if (node.tagName === 'BR') return ' ';
  return [...node.childNodes].map(textOf).join('');
};
const clean = node => textOf(node).replace(/[\s\u00a0\u200b]+/g, ' ').trim();

export const kindOf = element => {
  if (element.tagName === 'H2') return 'heading';
  if (element.tagName === 'TABLE') return 'table';
  return element.classList.contains('clause') ? 'clause' : 'paragraph';
};

export const readBlocks = root => {
  const blocks = [];
  for (const node of root.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) {
      if (node.data.trim()) blocks.push({ kind: 'paragraph', text: clean(node) });
    } else if (node.tagName === 'TABLE') {
      const rows = [...node.querySelectorAll('tbody tr')].map(row => [0, 1, 2].map(place => {
        const td = row.querySelectorAll('td')[place];
        return td ? clean(td) : '';
      }));
      if (rows.some(row => row.some(Boolean))) blocks.push({ kind: 'table', rows: rows.filter(row => row.some(Boolean)) });
    } else if (node.nodeType === Node.ELEMENT_NODE) {
      const text = clean(node);
      if (text) blocks.push({ kind: kindOf(node), text });
    }
  }
  return blocks;
};

export const showBlocks = (root, blocks, values) => root.replaceChildren(...blocks.map(block => makeBlock(block, values)));

/* 服务器给的纸面：变量整体选中、整体删除，表头和序号不能改。 */
export const dress = (root, values) => {
  root.querySelectorAll('[data-var]').forEach(span => span.replaceWith(makeVariable(span.dataset.var, values)));
  root.querySelectorAll('thead, tbody th').forEach(part => { part.contentEditable = 'false'; });
  [...root.childNodes].forEach(node => { if (node.nodeType === Node.TEXT_NODE && !node.data.trim()) node.remove(); });
};
