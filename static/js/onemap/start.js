// The one map: layers switched on and off, a search, a card for what is chosen, a list of what is in view, the sheet for print.
// What is switched on is kept in the address and by this browser; where the map stands, behind the # of the address, which
// no server ever gets: somebody may be looking at the place of a petition.
import '../map.js';
import { Card } from './card.js';
import { Finder } from './finder.js';
import { Layers } from './layers.js';
import { List } from './list.js';
import { onPaper } from './paper.js';

const root = document.querySelector('[data-onemap]');
const SHUT = { community: 'communities', grid: 'grids' };

const remember = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a browser that keeps nothing */ } };
const recall = key => { try { return localStorage.getItem(key); } catch { return null; } };

function switched(boxes) {  // the address wins, then this browser, then what the server ticked
  if (new URLSearchParams(location.search).has('layers')) return;
  const kept = recall('map.layers');
  if (kept !== null) boxes.forEach(box => { box.checked = kept.split(',').includes(box.value); });
}

function keepAddress(street, boxes, { moved }) {
  const query = new URLSearchParams(location.search), [lon, lat] = street.read(street.map.getCenter());
  if (!moved) query.set('layers', boxes.filter(box => box.checked).map(box => box.value).join(','));
  else ['lon', 'lat', 'zoom', 'find'].forEach(name => query.delete(name));
  const place = moved ? `#${street.map.getZoom().toFixed(2)}/${lat.toFixed(5)}/${lon.toFixed(5)}` : location.hash;
  const asked = query.toString().replace(/%2C/g, ',');
  history.replaceState(history.state, '', `${location.pathname}${asked && `?${asked}`}${place}`);
}

function areaAt(street, [lon, lat], layer) {  // the ground's own polygons: even-odd rule over the outer ring
  const holds = ring => ring.reduce((inside, [x, y], at) => {
    const [px, py] = ring[(at || ring.length) - 1];
    return (y > lat) !== (py > lat) && lon < (px - x) * (lat - y) / (py - y) + x ? !inside : inside;
  }, false);
  return street.of(layer).find(feature => holds(feature.geometry.coordinates[0]));
}

function chooseTiles(street) {
  const select = root.querySelector('[data-tiles]'), { sources } = street.tiles;
  if (!select || !sources.length) return;
  sources.forEach(({ name }, at) => select.append(new Option(name, at)));
  select.append(new Option('无底图', ''));
  const lay = () => { street.lay(sources[select.value] || null); remember('map.tiles', select.selectedOptions[0].text); };
  const kept = [...select.options].find(option => option.text === recall('map.tiles'));
  if (kept && kept.index) { select.value = kept.value; lay(); }
  select.addEventListener('change', lay);
  select.closest('[hidden]').hidden = false;
}

function place(street) {  // where the address or the search says
  const query = new URLSearchParams(location.search), focus = JSON.parse(root.dataset.focus || 'null');
  const kept = location.hash.match(/^#([\d.]+)\/([\d.]+)\/([\d.]+)$/);
  const [zoom, lat, lon] = (kept ? kept.slice(1) : ['zoom', 'lat', 'lon'].map(name => query.get(name))).map(parseFloat);
  if (!focus && Math.abs(lon) <= 180 && Math.abs(lat) <= 85) street.map.setView(street.show([lon, lat]), zoom >= 11 && zoom <= 19 ? zoom : 17);
  return focus;
}

function ready(street) {
  const boxes = [...root.querySelectorAll('input[name="layers"]')];
  switched(boxes);
  chooseTiles(street);
  const card = new Card(root.querySelector('[data-card]'), street);
  const layers = new Layers(root, street, boxes, item => card.show(item));
  const list = new List(root.querySelector('[data-list]'), street, layers, item => card.show(item));
  layers.onDrawn = () => list.draw();
  const go = found => {
    const box = boxes.find(one => one.value === found.layer);
    if (box && !box.checked) { box.checked = true; box.dispatchEvent(new Event('change', { bubbles: true })); }
    street.map.setView(street.show(found.at), found.layer === 'communities' ? 15.5 : 17);
    card.show(found);
  };
  new Finder(root.querySelector('[data-finder]'), go);
  boxes.forEach(box => box.addEventListener('change', () => {
    layers.change();
    remember('map.layers', boxes.filter(one => one.checked).map(one => one.value).join(','));
    keepAddress(street, boxes, { moved: false });
  }));
  const focus = place(street);
  street.map.on('moveend', () => keepAddress(street, boxes, { moved: true }));
  street.map.on('click', event => {
    const at = street.read(event.latlng);
    const layer = ['grid', 'community'].find(one => layers.isOn(SHUT[one]));
    const area = layer && areaAt(street, at, layer);
    if (area) card.show(layers.area(SHUT[layer], area.properties));
    else card.hide();
  });
  street.element.addEventListener('map:drawn', () => layers.draw());
  onPaper(root, street, layers);
  layers.change();
  if (focus) go(Finder.item(focus));
  list.areaOf = at => (areaAt(street, at, 'community') || { properties: {} }).properties.short_name;
}

root.querySelectorAll('[data-needs-script]').forEach(element => { element.hidden = false; });
root.addEventListener('map:ready', event => ready(event.detail), { once: true });
