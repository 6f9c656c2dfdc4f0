// The marks of the one map: a disc for a point, a pill with its number for a cluster; drawn so that none hides another.
const HEIGHT = 22, GAP = 2, NEAR = 17;
const AROUND = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1], [0, 2], [0, -2], [1, 2], [-1, 2], [1, -2], [-1, -2], [2, 0], [-2, 0]];
const LOUD = new Set(['over', 'due', 'faulty', 'again']);

export const many = item => item.n !== undefined;

export function sign(row, kind) {  // the sign of a kind, or of the layer: the same that stands beside its switch
  const holder = (kind && row.querySelector(`[data-kind="${kind}"] .mark`)) || row.querySelector('.mark');
  return holder.cloneNode(true);
}

export function words(row, item) {  // what a mark says: 37 件，超期 2 件
  const { unit } = row.dataset;
  if (item.title) return item.title;
  const kind = item.kind && row.querySelector(`[data-kind="${item.kind}"]`);
  return `${item.n.toLocaleString('zh-CN')} ${unit}${kind && LOUD.has(item.kind) ? `，${kind.dataset.word} ${item.of} ${unit}` : ''}`;
}

function face(row, item) {
  const element = document.createElement('div');
  if (!many(item)) { element.append(sign(row, item.kind)); element.className = 'spot'; return element; }
  element.className = 'spot spot--many';
  element.append(sign(row, ''), Object.assign(document.createElement('b'), { textContent: item.n.toLocaleString('zh-CN') }));
  if (LOUD.has(item.kind)) {
    const loud = document.createElement('span');
    loud.className = `spot__loud spot__loud--${item.kind}`;
    loud.append(sign(row, item.kind), `${item.of}`);
    element.append(loud);
  }
  return element;
}

function width(item) {  // as wide as its digits need
  if (!many(item)) return HEIGHT;
  const digits = `${item.n.toLocaleString('zh-CN')}`.length;
  return 32 + digits * 7.5 + (LOUD.has(item.kind) ? 20 + `${item.of}`.length * 7 : 0);
}

const inside = ([left, top, right, bottom], { x, y }) => left >= 0 && top >= 0 && right <= x && bottom <= y;
const overlaps = (one, other) => one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];

export class Marks {
  constructor(street, onChoose) {
    this.street = street;
    this.onChoose = onChoose;
    this.group = L.layerGroup().addTo(street.map);
  }

  draw(found) {  // [{row, item}], the most urgent first
    this.group.clearLayers();
    const { map } = this.street, taken = this.labels(), near = map.getZoom() >= NEAR, size = map.getSize();
    found.forEach(({ row, item }, order) => {
      const at = map.latLngToContainerPoint(this.street.show(item.at)), wide = width(item);
      const box = ([x, y]) => {
        const left = at.x - wide / 2 + x * (wide + GAP), top = at.y - HEIGHT / 2 + y * (HEIGHT + GAP);
        return [left, top, left + wide, top + HEIGHT];
      };
      const free = near ? AROUND[0] : AROUND.find(way => inside(box(way), size) && !taken.some(other => overlaps(box(way), other))) || AROUND[0];
      taken.push(box(free));
      this.put(row, item, found.length - order, [wide / 2 - free[0] * (wide + GAP), HEIGHT / 2 - free[1] * (HEIGHT + GAP)], wide);
    });
  }

  labels() {  // where the names of communities stand
    const { map, ask } = this.street;
    return ask.labels === 0 ? [] : this.street.of('community').map(({ properties }) => {
      const at = map.latLngToContainerPoint(this.street.show(properties.label)), half = properties.short_name.length * 6;
      return [at.x - half, at.y - 8, at.x + half, at.y + 8];
    });
  }

  put(row, item, height, anchor, wide) {
    const icon = L.divIcon({ className: 'spot-box', iconSize: [wide, HEIGHT], iconAnchor: anchor, html: face(row, item) });
    const marker = L.marker(this.street.show(item.at), { icon, keyboard: false, title: item.title || `${row.dataset.word} ${words(row, item)}`, zIndexOffset: height * 2000 });
    marker.on('click', () => this.onChoose(row, item)).addTo(this.group);
  }
}
