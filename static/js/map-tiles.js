// The base map under a street's map: one source at a time, and the datum in which everything above it is drawn.
// A source that names a painter holds vector tiles; the painter is fetched when such a source is first shown. It draws in
// light greys, and by night the style sheet turns them round with every other base map: paper gets the light ones at once.
import { fromGcj02, toGcj02 } from './gcj02.js';

const PATIENCE = 8000, WATER = '#c5dce8', SHARP = 2;  // --map-water by day; the map stands between two zooms as a rule
const painters = new Map();

function fetchPainter(address) {
  if (!painters.has(address)) painters.set(address, new Promise((done, fail) => {
    document.head.append(Object.assign(document.createElement('script'), { src: address, onload: done, onerror: fail }));
  }).catch(error => { painters.delete(address); throw error; }));
  return painters.get(address);
}

export class Tiles {
  constructor(sources) {
    this.sources = sources;
    this.source = sources[0] || null;
    this.group = L.layerGroup();
    this.lay();
  }

  get shifted() { return Boolean(this.source) && this.source.datum === 'gcj02'; }

  show([lon, lat]) {  // true position → where it is drawn
    const [x, y] = this.shifted ? toGcj02([lon, lat]) : [lon, lat];
    return [y, x];
  }

  read({ lng, lat }) { return this.shifted ? fromGcj02([lng, lat]) : [lng, lat]; }  // where somebody clicked → true position

  lay() {
    const { name, url, labels, datum, painter, min_zoom: least, max_zoom: most, ...options } = this.source || {};
    const native = { minNativeZoom: least, maxNativeZoom: most || 18 };
    this.group.clearLayers();
    this.laid = painter ? this.paint(painter, { attribution: '', ...options, url, maxDataZoom: most }) : null;
    if (!painter) [url, labels].filter(Boolean).forEach(template => L.tileLayer(template, { ...options, ...native, maxZoom: 19 }).addTo(this.group));
  }

  async paint(painter, options) {
    const chosen = this.source;
    try { await fetchPainter(painter); } catch (error) { console.error(painter, error); return; }
    if (this.source !== chosen || this.group.getLayers().length) return;  // another one was chosen meanwhile
    const layer = protomapsL.leafletLayer({ ...options, flavor: 'white', lang: 'zh', devicePixelRatio: SHARP });
    layer.paintRules.find(rule => rule.dataLayer === 'water').symbolizer = new protomapsL.PolygonSymbolizer({ fill: WATER });
    layer.addTo(this.group);
  }

  change(source, map) {  // another source may have another datum: the map stays around the same true place
    const centre = this.read(map.getCenter());
    this.source = source;
    this.lay();
    map.setView(this.show(centre), map.getZoom(), { animate: false });
  }

  async drawn() {  // everything in view has come; paper does not wait for ever
    await this.laid;
    const coming = this.group.getLayers().filter(layer => layer.isLoading());
    const all = Promise.all(coming.map(layer => new Promise(done => layer.once('load', done))));
    await Promise.race([all, new Promise(done => setTimeout(done, PATIENCE))]);
  }
}
