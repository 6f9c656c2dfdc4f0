/* 压缩照片：长边不超过 1600，原来就小的一个字节不动，HEIC 浏览器读不了的原样交给服务器。
   Field.shrink(File) → Promise<{blob, name, exif, shown}>；读不出来的抛 Field.BadPhoto，message 是给人看的一句话。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const LONG_SIDE = 1600, QUALITY = 0.85, LARGEST = 20 * 1024 * 1024;
  // 2×1 的 JPEG，方向标签是 6：浏览器会自己转正的话，读到的是 1×2。
  const TURNED = 'data:image/jpeg;base64,/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAYAAAAAAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////////////wAALCAABAAIBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAA//EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AN//Z';
  let turns = null;

  class BadPhoto extends Error {}

  function picture(address) {
    return new Promise((resolve, reject) => {
      const image = new Image();
      image.onload = () => resolve(image);
      image.onerror = () => reject(new BadPhoto('这张照片读不出来，请重新拍一张。'));
      image.src = address;
    });
  }

  const turnsByItself = () => {
    if (!turns) turns = picture(TURNED).then(image => image.naturalWidth === 1, () => true);
    return turns;
  };

  function bytes(file) {
    return new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result);
      reader.onerror = () => reject(new BadPhoto('这张照片没有读到，可能已从相册删去。请重新选择。'));
      reader.readAsArrayBuffer(file);
    });
  }

  function kind(buffer) {
    const first = new Uint8Array(buffer.slice(0, 12));
    const word = (from, to) => String.fromCharCode.apply(null, first.subarray(from, to));
    if (first[0] === 0xFF && first[1] === 0xD8) return 'jpg';
    if (first[0] === 0x89 && word(1, 4) === 'PNG') return 'png';
    if (word(0, 4) === 'RIFF' && word(8, 12) === 'WEBP') return 'webp';
    if (word(4, 8) === 'ftyp' && /^(hei|hev|mif1|msf1)/.test(word(8, 12))) return 'heic';
    return '';
  }

  function smaller(image) {
    const scale = Math.min(1, LONG_SIDE / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
    canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
    const brush = canvas.getContext('2d');
    brush.fillStyle = '#fff';
    brush.fillRect(0, 0, canvas.width, canvas.height);
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise((resolve, reject) => canvas.toBlob(blob => {
      canvas.width = canvas.height = 0;  // 便宜的手机内存小，用完就还
      if (blob) resolve(blob); else reject(new BadPhoto('手机内存不够，这张照片没有压成。请关掉别的应用再试。'));
    }, 'image/jpeg', QUALITY));
  }

  async function shrink(file) {
    const buffer = await bytes(file), sort = kind(buffer);
    if (!sort) throw new BadPhoto('“' + file.name + '”不是照片。只收 JPEG、PNG、WebP、HEIC 格式，请重新拍照或从相册选择。');
    const exif = Field.exif.read(buffer), stem = 'photo-' + Date.now();
    const whole = new Blob([buffer], { type: file.type || 'image/jpeg' });
    const address = URL.createObjectURL(whole);
    try {
      const image = await picture(address).catch(error => { if (sort === 'heic') return null; throw error; });
      if (!image) {
        if (buffer.byteLength > LARGEST) throw new BadPhoto('照片超过 20 MB。请在相机里选小一些的尺寸再拍。');
        return { blob: whole, name: stem + '.heic', exif: null, shown: false };
      }
      const small = Math.max(image.naturalWidth, image.naturalHeight) <= LONG_SIDE;
      if (small && sort === 'jpg') return { blob: whole, name: stem + '.jpg', exif: exif, shown: true };
      const blob = await smaller(image);
      const made = exif ? Field.exif.graft(await bytes(blob), exif.segment, await turnsByItself()) : blob;
      return { blob: made, name: stem + '.jpg', exif: exif, shown: true };
    } finally {
      URL.revokeObjectURL(address);
    }
  }

  Field.BadPhoto = BadPhoto;
  Field.shrink = shrink;
})(self);
