// Setting a place on the map: [data-map-pick] writes the form's lon, lat and datum and says which grid that is.
// Inputs: [data-map-pick="#fields"] or the surrounding form; named lon, lat, datum, accuracy_m; words go to [data-map-says].
// A click, a drag or the arrow keys move the pin; inputs changed by others (position, photo) move it as well.
const STEP_M = 5, METRE_LAT = 1 / 111132;

export function pick(street, icon) {
  const { element, map } = street;
  const root = element.dataset.mapPick ? document.querySelector(element.dataset.mapPick) : element.closest('form') || document;
  const field = name => root.querySelector(`[name="${name}"]`);
  const says = root.querySelector('[data-map-says]');
  let pin = null, asked = 0;

  async function tell(lon, lat) {
    const mine = ++asked;
    try {
      const answer = await fetch(`/grid/locate.json?lon=${lon}&lat=${lat}`, { credentials: 'same-origin' });
      const place = await answer.json();
      if (mine !== asked) return;
      if (says) { says.textContent = place.sentence; says.dataset.state = place.found ? 'found' : 'outside'; }
      element.dispatchEvent(new CustomEvent('map:place', { bubbles: true, detail: place }));
    } catch {
      if (mine === asked && says) { says.textContent = '没有查到网格，网络可能断开。位置已记下，可以继续提交。'; says.dataset.state = 'unknown'; }
    }
  }

  function put(lon, lat, { byHand }) {
    if (!pin) {
      pin = L.marker(street.show([lon, lat]), { icon, draggable: true, keyboard: true, autoPan: true, alt: '所选位置', zIndexOffset: 900 }).addTo(map);
      const dot = pin.getElement();
      dot.classList.add('is-pick');
      dot.setAttribute('aria-label', '所选位置，可用方向键移动');
      pin.on('dragend', () => put(...street.read(pin.getLatLng()), { byHand: true }));
      dot.addEventListener('keydown', nudge);
      if (street.ask.zoom) map.setView(pin.getLatLng(), street.ask.zoom);
    }
    pin.setLatLng(street.show([lon, lat]));
    if (!map.getBounds().contains(pin.getLatLng())) map.setView(pin.getLatLng(), Math.max(map.getZoom(), 16));
    if (byHand) {
      field('lon').value = lon.toFixed(7);
      field('lat').value = lat.toFixed(7);
      if (field('datum')) field('datum').value = 'wgs84';  // shifted base maps were already taken back by read()
      if (field('accuracy_m')) field('accuracy_m').value = '';
    }
    tell(lon, lat);
  }

  function nudge(event) {
    const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const [lon, lat] = street.read(pin.getLatLng());
    const metreLon = METRE_LAT / Math.cos(lat * Math.PI / 180);
    put(lon + way[0] * STEP_M * metreLon, lat + way[1] * STEP_M * METRE_LAT, { byHand: true });
  }

  function follow() {
    const lon = parseFloat(field('lon').value), lat = parseFloat(field('lat').value);
    if (Number.isFinite(lon) && Number.isFinite(lat)) put(lon, lat, { byHand: false });
  }

  map.on('click', event => put(...street.read(event.latlng), { byHand: true }));
  ['lon', 'lat'].forEach(name => field(name).addEventListener('change', follow));
  follow();
}
