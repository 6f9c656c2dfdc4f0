// What is in view as a list: the same as the marks, for keyboards, readers and paper.
import { many, sign, words } from './marks.js';

const MOST = 40;

export class List {
  constructor(element, street, layers, onCard) {
    Object.assign(this, { element, street, layers, onCard, areaOf: () => '' });
    this.open = new Map();
  }

  draw() {
    const bounds = this.street.map.getBounds();
    const parts = this.layers.boxes.filter(box => box.checked).map(box => {
      const items = this.layers.items(box.value).filter(item => bounds.contains(this.street.show(item.at)));
      return items.length ? this.part(this.layers.row(box.value), items) : null;
    }).filter(Boolean);
    const nothing = Object.assign(document.createElement('p'), { className: 'hint', textContent: '这一带没有。移动地图，或多勾几个图层。' });
    const focused = this.element.contains(document.activeElement) ? document.activeElement.dataset.at : null;
    this.element.replaceChildren(...(parts.length ? parts : [nothing]));
    if (focused) (this.element.querySelector(`[data-at="${focused}"]`) || this.element).focus();
  }

  part(row, items) {
    const { layer, word, unit } = row.dataset, part = document.createElement('details'), summary = document.createElement('summary');
    const total = items.reduce((sum, item) => sum + (item.n || 1), 0);
    summary.append(sign(row, ''), word, Object.assign(document.createElement('small'), { textContent: `${total.toLocaleString('zh-CN')} ${unit}` }));
    part.open = this.open.has(layer) ? this.open.get(layer) : layer === 'cases';
    part.addEventListener('toggle', () => this.open.set(layer, part.open));
    const lines = document.createElement('ul');
    items.slice(0, MOST).forEach(item => lines.append(this.line(row, item)));
    part.append(summary, lines);
    if (items.length > MOST) part.append(Object.assign(document.createElement('p'), { className: 'hint', textContent: `还有 ${items.length - MOST} 处，放大地图后列出。` }));
    return part;
  }

  line(row, item) {
    const line = document.createElement('li'), button = document.createElement('button'), text = document.createElement('span');
    const place = item.title ? '' : this.areaOf(item.at), gathered = many(item) && !item.title;
    button.type = 'button';
    button.className = 'line';
    button.dataset.at = `${row.dataset.layer}:${item.at}`;
    text.append(gathered ? `${place ? `${place}一带 ` : ''}${words(row, item)}` : item.title);
    text.append(Object.assign(document.createElement('small'), { textContent: gathered ? '放大查看' : item.facts }));
    button.append(sign(row, item.kind), text);
    button.addEventListener('click', () => this.layers.choose(row, item));
    line.append(button);
    return line;
  }
}
