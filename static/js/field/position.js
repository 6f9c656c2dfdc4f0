/* 位置：手动标的总是算数，其次照片里的，再次手机的定位；0,0 和没有定位都当没有。手机和照片给的是 WGS-84，不转换。
   Field.position.device() → Promise<fix|null>；Field.position.ofPhoto(exif) → fix|null；Field.position.better(a, b)
   fix: {lon, lat, accuracy_m, origin: 'pin'|'photo'|'device', datum: 'wgs84'} */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const RANK = { pin: 3, photo: 2, device: 1 };
  const GOOD_M = 30, PATIENCE = 12000;

  function fix(lon, lat, accuracy, origin) {
    if (!isFinite(lon) || !isFinite(lat) || (lon === 0 && lat === 0)) return null;
    return { lon: lon, lat: lat, accuracy_m: isFinite(accuracy) && accuracy !== null ? Math.round(accuracy) : '', origin: origin, datum: 'wgs84' };
  }

  // 头几个读数往往很粗：等到 30 米以内，或到时间取最好的一个。
  function device() {
    return new Promise(resolve => {
      if (!navigator.geolocation) { resolve(null); return; }
      let best = null, watch = 0, over = false;
      const end = () => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        navigator.geolocation.clearWatch(watch);
        resolve(best);
      };
      const timer = setTimeout(end, PATIENCE);
      watch = navigator.geolocation.watchPosition(seen => {
        const found = fix(seen.coords.longitude, seen.coords.latitude, seen.coords.accuracy, 'device');
        if (found && (!best || found.accuracy_m < best.accuracy_m)) best = found;
        if (best && best.accuracy_m <= GOOD_M) end();
      }, error => { if (error.code === 1 || !best) end(); }, { enableHighAccuracy: true, maximumAge: 30000, timeout: PATIENCE });
    });
  }

  const ofPhoto = exif => exif && exif.lon !== null ? fix(exif.lon, exif.lat, exif.accuracy === null ? NaN : exif.accuracy, 'photo') : null;
  const ofPin = (lon, lat) => fix(lon, lat, NaN, 'pin');

  const better = (one, other) => {
    if (!one || !other) return one || other;
    return RANK[other.origin] > RANK[one.origin] ? other : one;
  };

  const words = found => {
    const near = found.accuracy_m === '' ? '' : '，精度 ' + found.accuracy_m + ' 米';
    return { pin: near ? '手机定位' + near : '手工标注的位置', photo: '照片里的位置' + near, device: '手机定位' + near }[found.origin];
  };

  Field.position = { device: device, ofPhoto: ofPhoto, ofPin: ofPin, better: better, words: words };
})(self);
