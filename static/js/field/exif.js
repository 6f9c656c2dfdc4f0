/* 照片的 EXIF：读方向、拍摄时间和 GPS（WGS-84，不转换）；压缩后把原来的 EXIF 段接回去，时间和位置才不丢。
   Field.exif.read(ArrayBuffer) → {orientation, taken, lon, lat, accuracy, segment, width, height} | null（不是 JPEG）
   Field.exif.graft(ArrayBuffer, segment, upright) → Blob */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const SIZES = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };
  const FRAMES = [0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB];

  function tags(view, start, at, little, deep) {  // 一个 IFD：标签 → {type, count, at}
    const found = {};
    if (at < 0 || start + at + 2 > view.byteLength) return found;
    const many = view.getUint16(start + at, little);
    for (let i = 0; i < many; i += 1) {
      const entry = start + at + 2 + i * 12;
      if (entry + 12 > view.byteLength) break;
      const type = view.getUint16(entry + 2, little), count = view.getUint32(entry + 4, little);
      const bytes = (SIZES[type] || 1) * count;
      found[view.getUint16(entry, little)] = { type: type, count: count, at: bytes <= 4 ? entry + 8 : start + view.getUint32(entry + 8, little), entry: entry };
    }
    return found;
  }

  function reader(view, start) {
    const little = view.getUint16(start) === 0x4949;
    const rational = at => at + 8 <= view.byteLength && view.getUint32(at + 4, little) ? view.getUint32(at, little) / view.getUint32(at + 4, little) : NaN;
    const text = tag => {
      let said = '';
      for (let i = 0; tag && i < tag.count && tag.at + i < view.byteLength; i += 1) said += String.fromCharCode(view.getUint8(tag.at + i));
      return said.replace(/\0/g, '').trim();
    };
    const degrees = (tag, side) => {
      if (!tag || tag.count !== 3) return NaN;
      const whole = rational(tag.at) + rational(tag.at + 8) / 60 + rational(tag.at + 16) / 3600;
      return /[SW]/i.test(text(side)) ? -whole : whole;
    };
    const ifd = at => tags(view, start, at, little);
    const pointer = tag => tag ? view.getUint32(tag.at, little) : -1;
    return { little, ifd, pointer, rational, text, degrees, first: () => ifd(view.getUint32(start + 4, little)) };
  }

  function look(view, start, told) {
    const read = reader(view, start), base = read.first();
    const details = read.ifd(read.pointer(base[0x8769])), place = read.ifd(read.pointer(base[0x8825]));
    if (base[0x0112]) told.orientation = view.getUint16(base[0x0112].at, read.little);
    told.taken = read.text(details[0x9003] || details[0x9004] || base[0x0132]);
    const lat = read.degrees(place[2], place[1]), lon = read.degrees(place[4], place[3]);
    if (isFinite(lat) && isFinite(lon) && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0)) {
      told.lat = lat;
      told.lon = lon;
      const error = place[31] ? read.rational(place[31].at) : NaN;
      if (isFinite(error) && error < 100000) told.accuracy = error;
    }
  }

  function read(buffer) {
    const view = new DataView(buffer);
    if (view.byteLength < 4 || view.getUint16(0) !== 0xFFD8) return null;
    const told = { orientation: 1, taken: '', lon: null, lat: null, accuracy: null, segment: null, width: 0, height: 0 };
    let at = 2;
    while (at + 9 < view.byteLength && view.getUint8(at) === 0xFF) {
      const marker = view.getUint8(at + 1), length = view.getUint16(at + 2);
      if (marker === 0xE1 && !told.segment && view.getUint32(at + 4) === 0x45786966 && at + 2 + length <= view.byteLength) {
        told.segment = buffer.slice(at, at + 2 + length);
        try { look(view, at + 10, told); } catch (error) { if (!(error instanceof RangeError)) throw error; }
      }
      if (FRAMES.indexOf(marker) >= 0) { told.height = view.getUint16(at + 5); told.width = view.getUint16(at + 7); break; }
      if (marker === 0xDA) break;
      at += 2 + length;
    }
    return told;
  }

  function graft(buffer, segment, upright) {  // upright：像素已经转正，方向标签改成 1，不然会再转一次
    if (!segment) return new Blob([buffer], { type: 'image/jpeg' });
    const kept = segment.slice(0), view = new DataView(kept);
    if (upright) {
      try {
        const read = reader(view, 10), tag = read.first()[0x0112];
        if (tag) view.setUint16(tag.at, 1, read.little);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
      }
    }
    return new Blob([buffer.slice(0, 2), kept, buffer.slice(2)], { type: 'image/jpeg' });
  }

  Field.exif = { read: read, graft: graft };
})(self);
