// What is switched on is asked for anew when the map comes to rest, counted beside its switch, and drawn together.
import { Marks, many } from './marks.js';

const REST_MS = 120, MARGIN = .12, CLOSER = 2, CROWD = 4, NARROW = 600;

export class Layers {
  constructor(root, street, boxes, onCard) {
    this.street = street;
    this.boxes = boxes;
    this.onCard = onCard;
    this.says = root.querySelector('[data-layers-say]');
    this.answers = new Map();
    this.onDrawn = () => {};
    this.marks = new Marks(street, (row, item) => this.choose(row, item));
    street.map.on('moveend resize', () => this.soon());
  }

  row(key) { return this.boxes.find(box => box.value === key).closest('[data-layer]'); }
  isOn(key) { return this.boxes.some(box => box.value === key && box.checked); }

  change() {
    this.street.ask.areas = this.isOn('communities') ? 1 : 0;
    this.street.ask.labels = this.street.ask.areas;
    this.street.ask.cells = this.isOn('grids') ? 1 : 0;
    this.street.draw();
    this.ask();
  }

  soon() {
    clearTimeout(this.timer);
    this.street.element.dataset.layersState = 'waiting';
    this.timer = setTimeout(() => this.ask(), REST_MS);
  }

  async ask() {
    if (!this.street.element.clientWidth) return;  // a map that nobody sees has no view to ask for
    if (this.asking) this.asking.abort();
    const asking = this.asking = new AbortController(), keys = this.boxes.filter(box => box.checked).map(box => box.value);
    this.street.element.dataset.layersState = 'loading';
    const got = await Promise.allSettled(keys.map(key => this.fetch(key, asking.signal)));
    if (asking.signal.aborted) return;
    this.answers = new Map(got.map((one, at) => [keys[at], one.value]).filter(([, answer]) => answer));
    const lost = keys.filter((key, at) => got[at].status === 'rejected').map(key => this.row(key).dataset.word);
    this.says.textContent = lost.length ? `没有取到：${lost.join('、')}。网络可能断开，移动一下地图再试。` : '';
    this.boxes.forEach(box => this.count(box));
    this.draw();
    this.street.element.dataset.layersState = lost.length ? 'failed' : 'ready';
  }

  zoom() {  // so many layers at once are gathered more coarsely, or their marks would cover each other
    const points = this.boxes.filter(box => box.checked && !('areas' in this.row(box.value).dataset)), zoom = Math.round(this.street.map.getZoom());
    const crowded = points.length > CROWD || this.street.element.clientWidth < NARROW;
    return crowded && zoom < 16 ? zoom - 1 : zoom;
  }

  async fetch(key, signal) {
    const { map } = this.street, bounds = map.getBounds().pad(MARGIN);
    const [west, south] = this.street.read(bounds.getSouthWest()), [east, north] = this.street.read(bounds.getNorthEast());
    const box = [west, south, east, north].map(degrees => degrees.toFixed(5)).join(',');
    const answer = await fetch(`/grid/layer/${key}.json?bbox=${box}&zoom=${this.zoom()}`, { signal, credentials: 'same-origin' });
    if (!answer.ok || answer.redirected) throw new Error(`${key}: ${answer.status}`);
    return answer.json();
  }

  count(box) {
    const row = box.closest('[data-layer]'), answer = this.answers.get(box.value);
    row.querySelector('[data-count]').textContent = answer ? answer.total.toLocaleString('zh-CN') : '';
    row.querySelectorAll('[data-kind]').forEach(kind => {
      kind.closest('ul').hidden = !answer;
      kind.querySelector('b').textContent = answer ? (answer.kinds[kind.dataset.kind] || 0).toLocaleString('zh-CN') : '';
    });
  }

  items(key) {
    const { clusters = [], points = [] } = this.answers.get(key) || {};
    return [...clusters, ...points];
  }

  draw() {
    const shown = this.boxes.filter(box => box.checked).map(box => this.row(box.value)).filter(row => !('areas' in row.dataset));
    const found = shown.flatMap(row => this.items(row.dataset.layer).map(item => ({ row, item })));
    const urgency = ({ row, item }) => (row.dataset.layer === 'cases' ? 2 : 0) + (many(item) ? 1 : 0);
    this.marks.draw(found.sort((one, other) => urgency(other) - urgency(one)));
    this.onDrawn();
  }

  choose(row, item) {
    if (item.title) this.onCard({ ...item, word: row.dataset.word, row });
    else this.street.map.setView(this.street.show(item.at), Math.min(19, this.street.map.getZoom() + CLOSER));
  }

  area(key, properties) {
    const row = this.row(key), told = this.items(key).find(item => item.url && item.url.includes(properties.code));
    return told ? { ...told, word: row.dataset.word, row } : { title: properties.name, facts: '', url: `/grid/${properties.code}/`, word: row.dataset.word, row };
  }
}
