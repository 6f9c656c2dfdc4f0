/* 街道底图：社区、网格和道路画成一张 SVG，不用地图库，断网也能画、也能查网格。
   Field.ground.load() → Promise；Field.ground.locate(lon, lat) → {code, name, community} | null（界线以外）| undefined（底图还没有）
   Field.ground.draw(svg, {lon, lat, metres}) 以某点为中心画一块；Field.ground.middle() → [lon, lat] */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const WIDE = 344, METRES_PER_DEGREE = 111320;
  let asked = null, ground = null;

  function load() {
    if (!asked) asked = fetch('/grid/ground.json', { credentials: 'same-origin' }).then(answer => {
      if (!answer.ok) throw new Error('ground ' + answer.status);
      return answer.json();
    }).then(told => { ground = told; return told; }).catch(error => { asked = null; throw error; });
    return asked;
  }

  const of = layer => ground ? ground.features.filter(feature => feature.properties.layer === layer) : [];

  function within(ring, lon, lat) {
    let inside = false;
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
      const a = ring[i], b = ring[j];
      if ((a[1] > lat) !== (b[1] > lat) && lon < (b[0] - a[0]) * (lat - a[1]) / (b[1] - a[1]) + a[0]) inside = !inside;
    }
    return inside;
  }

  const outer = feature => feature.geometry.type === 'MultiPolygon' ? feature.geometry.coordinates.map(part => part[0]) : [feature.geometry.coordinates[0]];
  const hit = (layer, lon, lat) => of(layer).filter(feature => outer(feature).some(ring => within(ring, lon, lat)))[0];

  function locate(lon, lat) {
    if (!of('grid').length) return undefined;
    const grid = hit('grid', lon, lat);
    if (!grid) return null;
    const community = hit('community', lon, lat);
    return { code: grid.properties.code, name: grid.properties.name, community: community ? community.properties.name : '' };
  }

  function middle() {
    const street = of('street')[0] || of('community')[0];
    if (!street) return [116.19, 39.935];
    const ring = outer(street)[0], west = Math.min.apply(null, ring.map(p => p[0])), east = Math.max.apply(null, ring.map(p => p[0]));
    const south = Math.min.apply(null, ring.map(p => p[1])), north = Math.max.apply(null, ring.map(p => p[1]));
    return [(west + east) / 2, (south + north) / 2];
  }

  // 画布宽 344，高随元素；scale 是每度纬度多少格。
  function frame(svg, view) {
    const high = Math.max(60, Math.round(WIDE * svg.clientHeight / Math.max(1, svg.clientWidth)));
    const scale = WIDE / (view.metres / METRES_PER_DEGREE), squeeze = Math.cos(view.lat * Math.PI / 180);
    return { high: high, scale: scale, squeeze: squeeze, x: lon => (lon - view.lon) * squeeze * scale + WIDE / 2, y: lat => (view.lat - lat) * scale + high / 2 };
  }

  function path(points, place, close) {
    return 'M' + points.map(p => place.x(p[0]).toFixed(1) + ' ' + place.y(p[1]).toFixed(1)).join('L') + close;
  }

  function add(svg, name, d) {
    const line = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    line.setAttribute('class', name);
    line.setAttribute('d', d);
    svg.appendChild(line);
  }

  function draw(svg, view) {
    const place = frame(svg, view);
    const own = view.quiet ? null : hit('grid', view.lon, view.lat);
    svg.setAttribute('viewBox', '0 0 ' + WIDE + ' ' + place.high);
    while (svg.firstChild) svg.removeChild(svg.firstChild);
    const shapes = (layer, name) => of(layer).forEach(feature => add(svg, feature === own ? name + ' is-own' : name, outer(feature).map(ring => path(ring, place, 'Z')).join('')));
    shapes('grid', 'g-cell');
    if (own) add(svg, 'g-cell is-own', outer(own).map(ring => path(ring, place, 'Z')).join(''));
    of('road').forEach(feature => add(svg, 'g-road', path(feature.geometry.coordinates, place, '')));
    shapes('street', 'g-edge');
    return place;
  }

  Field.ground = { load: load, locate: locate, draw: draw, middle: middle, WIDE: WIDE };
})(self);
