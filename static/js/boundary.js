// Boundaries: [data-boundary="url"] shows a community's unit grids; corners drag, corners of the community's own line stay.
// A corner that several grids share moves in all of them, so that no gap and no overlap can be drawn.
// A press on a side puts a new corner there. What changed goes into [name=shapes] as GeoJSON.
const css = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const keyOf = ([lon, lat]) => `${lon.toFixed(7)},${lat.toFixed(7)}`;
const STEP = 2 / 111132;

class Boundary {
  constructor(element, features) {
    this.form = element.closest('form');
    this.outline = new Set(features.filter(one => one.properties.outline).flatMap(one => one.geometry.coordinates[0].map(keyOf)));
    this.grids = features.filter(one => !one.properties.outline);
    this.before = new Map(this.grids.map(one => [one.properties.code, JSON.stringify(one.geometry)]));
    this.take(this.form.elements.shapes.value);
    this.map = L.map(element, { zoomControl: false, attributionControl: false, zoomSnap: .1, zoomAnimation: false, fadeAnimation: false, maxZoom: 20 });
    L.control.zoom({ zoomInTitle: '放大', zoomOutTitle: '缩小' }).addTo(this.map);
    this.layer = L.layerGroup().addTo(this.map);
    this.map.fitBounds(L.latLngBounds(this.grids.flatMap(one => one.geometry.coordinates[0].map(([lon, lat]) => [lat, lon]))), { padding: [20, 20] });
    this.draw();
    new MutationObserver(() => this.draw()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    element.dataset.boundaryState = 'ready';
  }

  take(drawn) {  // what was drawn before the form was refused
    for (const kept of drawn ? JSON.parse(drawn).features : []) {
      const grid = this.grids.find(one => one.properties.code === kept.properties.code);
      if (grid) grid.geometry = kept.geometry;
    }
  }

  draw() {
    this.layer.clearLayers();
    const isChanged = grid => JSON.stringify(grid.geometry) !== this.before.get(grid.properties.code);
    for (const grid of [...this.grids].sort((one, other) => isChanged(one) - isChanged(other))) {  // what changed lies on top
      const changed = isChanged(grid);
      const ring = grid.geometry.coordinates[0].map(([lon, lat]) => [lat, lon]);
      const line = L.polygon(ring, { color: css(changed ? 'accent' : 'map-edge'), weight: changed ? 3 : 1.5, fillColor: css('map-cell'), fillOpacity: 1 }).addTo(this.layer);
      line.bindTooltip(grid.properties.name.replace(/^.*社区(?=.)/, ''), { permanent: true, direction: 'center', className: 'map__lbl' });
      line.on('click', event => this.cut(event.latlng));
    }
    const corners = new Map();
    this.grids.forEach(grid => grid.geometry.coordinates[0].forEach(point => corners.set(keyOf(point), point)));
    for (const [key, [lon, lat]] of corners) if (!this.outline.has(key)) this.corner(key, lon, lat);
    this.tell();
  }

  corner(key, lon, lat) {
    const icon = L.divIcon({ className: '', iconSize: [24, 24], html: '<div class="pin pin--now"></div>' });
    const mark = L.marker([lat, lon], { icon, draggable: true, keyboard: true }).addTo(this.layer);
    mark.getElement().setAttribute('aria-label', '折点，可拖动，可用方向键移动');  // Leaflet's own alt names pictures alone
    mark.on('dragend', () => { const { lng, lat: to } = mark.getLatLng(); this.move(key, [lng, to]); });
    mark.getElement().addEventListener('keydown', event => {
      const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!way) return;
      event.preventDefault();
      event.stopPropagation();
      const moved = [lon + way[0] * STEP, lat + way[1] * STEP];
      this.move(key, moved);
      this.layer.eachLayer(one => { if (one.getLatLng && keyOf([one.getLatLng().lng, one.getLatLng().lat]) === keyOf(moved)) one.getElement().focus(); });
    });
  }

  move(key, to) {
    const point = [Number(to[0].toFixed(7)), Number(to[1].toFixed(7))];
    for (const grid of this.grids) {
      const ring = grid.geometry.coordinates[0];
      ring.forEach((one, place) => { if (keyOf(one) === key) ring[place] = point; });
    }
    this.draw();
  }

  cut({ lng, lat }) {  // the side nearest to the press gets a corner, in every grid that has this side
    let best = null;
    for (const grid of this.grids) {
      const ring = grid.geometry.coordinates[0];
      for (let place = 1; place < ring.length; place++) {
        const [a, b] = [ring[place - 1], ring[place]], [dx, dy] = [b[0] - a[0], b[1] - a[1]];
        const share = Math.min(.95, Math.max(.05, ((lng - a[0]) * dx + (lat - a[1]) * dy) / (dx * dx + dy * dy || 1)));
        const at = [a[0] + share * dx, a[1] + share * dy], far = Math.hypot(at[0] - lng, at[1] - lat);
        if (!best || far < best.far) best = { far, at: [Number(at[0].toFixed(7)), Number(at[1].toFixed(7))], a: keyOf(a), b: keyOf(b) };
      }
    }
    if (!best || best.far > 15 / 111132 || (this.outline.has(best.a) && this.outline.has(best.b) && this.sides(best) < 2)) return;
    for (const grid of this.grids) {
      const ring = grid.geometry.coordinates[0];
      const place = ring.findIndex((one, index) => index && this.isSide(ring, index, best));
      if (place > 0) ring.splice(place, 0, best.at);
    }
    this.draw();
  }

  isSide(ring, index, { a, b }) {
    const [one, other] = [keyOf(ring[index - 1]), keyOf(ring[index])];
    return (one === a && other === b) || (one === b && other === a);
  }

  sides(side) { return this.grids.filter(grid => grid.geometry.coordinates[0].some((_, index, ring) => index && this.isSide(ring, index, side))).length; }

  tell() {
    const changed = this.grids.filter(one => JSON.stringify(one.geometry) !== this.before.get(one.properties.code));
    this.form.elements.shapes.value = changed.length ? JSON.stringify({ type: 'FeatureCollection', features: changed }) : '';
    const says = this.form.querySelector('[data-boundary-says]');
    says.textContent = changed.length ? `已改动 ${changed.length} 个网格：${changed.map(one => one.properties.name).join('、')}` : '还没有改动。拖动折点，或点一下边线加一个折点。';
  }
}

for (const element of document.querySelectorAll('[data-boundary]')) {
  fetch(element.dataset.boundary, { credentials: 'same-origin' }).then(answer => answer.json()).then(answer => new Boundary(element, answer.features))
    .catch(() => { element.dataset.boundaryState = 'failed'; element.textContent = '边界没有加载出来。请刷新，或用文件上传。'; });
}
