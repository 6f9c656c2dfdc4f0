/* 对着整改前照片拍：取景画面上盖一层整改前的淡影，角度对齐再按快门；拍下的就是框里看到的那一块。
   Field.ghost.can() 能不能用；Field.ghost.open(box, onShot(File)) 打开；打不开相机时抛 Error，message 是给人看的一句话。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const LONG_SIDE = 1600, QUALITY = 0.88, RATIO = 4 / 3;  // .ghost__frame 和 .cmp 的宽高比
  const media = scope.navigator && scope.navigator.mediaDevices;

  const can = () => Boolean(media && media.getUserMedia && HTMLCanvasElement.prototype.toBlob);

  const two = number => ('0' + number).slice(-2);
  const stamp = now => [now.getFullYear(), two(now.getMonth() + 1), two(now.getDate())].join(':') + ' ' + [two(now.getHours()), two(now.getMinutes()), two(now.getSeconds())].join(':');

  // 网页相机拍的没有 EXIF：写上拍摄时间，等网络的那几个小时才不会算成拍摄时间。
  function segment(taken) {
    const bytes = new Uint8Array(4 + 6 + 64), view = new DataView(bytes.buffer), tiff = 10;
    view.setUint16(0, 0xFFE1);
    view.setUint16(2, bytes.length - 2);
    'Exif'.split('').forEach((letter, place) => { bytes[4 + place] = letter.charCodeAt(0); });
    view.setUint32(tiff, 0x4D4D002A);
    view.setUint32(tiff + 4, 8);
    view.setUint16(tiff + 8, 1);        // 主目录一项：指向拍摄目录
    view.setUint16(tiff + 10, 0x8769);
    view.setUint16(tiff + 12, 4);
    view.setUint32(tiff + 14, 1);
    view.setUint32(tiff + 18, 26);
    view.setUint16(tiff + 26, 1);       // 拍摄目录一项：DateTimeOriginal
    view.setUint16(tiff + 28, 0x9003);
    view.setUint16(tiff + 30, 2);
    view.setUint32(tiff + 32, 20);
    view.setUint32(tiff + 36, 44);
    taken.split('').forEach((letter, place) => { bytes[tiff + 44 + place] = letter.charCodeAt(0); });
    return bytes.buffer;
  }

  function crop(video) {  // 框里看到的那一块（object-fit: cover）
    const wide = Math.min(video.videoWidth, video.videoHeight * RATIO), high = wide / RATIO;
    return { x: (video.videoWidth - wide) / 2, y: (video.videoHeight - high) / 2, wide: wide, high: high };
  }

  function shoot(video) {
    const seen = crop(video), scale = Math.min(1, LONG_SIDE / Math.max(seen.wide, seen.high));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(seen.wide * scale);
    canvas.height = Math.round(seen.high * scale);
    canvas.getContext('2d').drawImage(video, seen.x, seen.y, seen.wide, seen.high, 0, 0, canvas.width, canvas.height);
    const now = new Date();
    return new Promise((resolve, reject) => canvas.toBlob(blob => {
      if (!blob) { reject(new Error('没有拍成，请再按一次。')); return; }
      const reader = new FileReader();
      reader.onload = () => resolve(new File([Field.exif.graft(reader.result, segment(stamp(now)), true)], 'after-' + now.getTime() + '.jpg', { type: 'image/jpeg' }));
      reader.onerror = () => reject(new Error('没有拍成，请再按一次。'));
      reader.readAsArrayBuffer(blob);
    }, 'image/jpeg', QUALITY));
  }

  async function camera() {
    try {
      return await media.getUserMedia({ audio: false, video: { facingMode: 'environment', width: { ideal: 1920 }, height: { ideal: 1440 } } });
    } catch (error) {
      const denied = error && error.name === 'NotAllowedError';
      throw new Error(denied ? '没有允许使用相机。请在浏览器设置里允许，或用“拍照”按钮。' : '打不开相机。请用“拍照”按钮拍。');
    }
  }

  async function open(box, onShot) {
    const video = box.querySelector('video'), frame = box.querySelector('.ghost__frame'), shade = frame.querySelector('img');
    const fade = box.querySelector('input'), shutter = box.querySelector('[data-ghost-shoot]'), leave = box.querySelector('[data-ghost-close]');
    const words = box.querySelector('.ghost__words'), before = document.activeElement, stream = await camera();
    const ends = [];
    const on = (target, name, work) => { target.addEventListener(name, work); ends.push(() => target.removeEventListener(name, work)); };
    const close = () => {
      ends.forEach(end => end());
      stream.getTracks().forEach(track => track.stop());
      video.srcObject = null;
      box.hidden = true;
      if (before) before.focus();
    };
    const dim = () => { shade.style.opacity = fade.value / 100; };
    video.srcObject = stream;
    box.hidden = false;
    dim();
    on(fade, 'input', dim);
    on(leave, 'click', close);
    on(box, 'keydown', event => {
      if (event.key === 'Escape') close();
      if (event.key !== 'Tab') return;  // 焦点不出这一层
      const ring = [fade, leave, shutter], place = ring.indexOf(document.activeElement);
      event.preventDefault();
      ring[(place + (event.shiftKey ? ring.length - 1 : 1)) % ring.length].focus();
    });
    on(shutter, 'click', () => {
      if (!video.videoWidth) { words.textContent = '相机还没有准备好，请稍等。'; return; }
      shoot(video).then(file => { close(); onShot(file); }, error => { words.textContent = error.message; });
    });
    shutter.focus();
    await video.play();
  }

  Field.ghost = { can: can, open: open };
})(self);
