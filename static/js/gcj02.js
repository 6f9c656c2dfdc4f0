// The shift between WGS-84 (ours) and GCJ-02 (some base maps); the same formula as grid/coordinates.py.
const AXIS = 6378245, ECC = 0.00669342162296594323, { PI, sin, cos, sqrt, abs } = Math;

function shift(lon, lat) {
  const x = lon - 105, y = lat - 35, root = sqrt(abs(x));
  const waves = (20 * sin(6 * x * PI) + 20 * sin(2 * x * PI)) * 2 / 3;
  const east = 300 + x + 2 * y + .1 * x * x + .1 * x * y + .1 * root + waves
    + (20 * sin(x * PI) + 40 * sin(x / 3 * PI)) * 2 / 3 + (150 * sin(x / 12 * PI) + 300 * sin(x / 30 * PI)) * 2 / 3;
  const north = -100 + 2 * x + 3 * y + .2 * y * y + .1 * x * y + .2 * root + waves
    + (20 * sin(y * PI) + 40 * sin(y / 3 * PI)) * 2 / 3 + (160 * sin(y / 12 * PI) + 320 * sin(y * PI / 30)) * 2 / 3;
  const phi = lat * PI / 180, magic = 1 - ECC * sin(phi) ** 2, degree = AXIS * PI / 180;
  return [east / (degree / sqrt(magic) * cos(phi)), north / (degree * (1 - ECC) / (magic * sqrt(magic)))];
}

export function toGcj02([lon, lat]) {
  const [east, north] = shift(lon, lat);
  return [lon + east, lat + north];
}

export function fromGcj02([lon, lat]) {
  let at = [lon, lat];
  for (let step = 0; step < 30; step += 1) {
    const [east, north] = shift(...at);
    at = [lon - east, lat - north];
  }
  return at;
}
