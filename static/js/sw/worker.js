/* 后台（service worker）：没有网络时也打得开 /m/ 的页面，联网后在后台发出队列。
   由 /sw.js 载入，先有 self.SHELL = {edition, files, pages}，以及 queue.js 和 send.js。 */
(function (scope) {
  'use strict';
  const SHELL = scope.SHELL, FILES = 'field-files-' + SHELL.edition, PAGES = 'field-pages', GROUND = '/grid/ground.json';
  const PHOTO = /^\/(cases\/[^/]+|m\/patrol)\/photos\/\d+\/(thumb|image)\/$/, MOST = 150;
  const PATIENCE = 4000, OLDEST = 12 * 3600 * 1000;

  async function keepShell() {
    const files = await caches.open(FILES);
    await files.addAll(SHELL.files.map(address => new Request(address, { cache: 'no-cache' })));
    await Promise.all([GROUND].concat(SHELL.pages).map(refresh));
  }

  async function refresh(address) {  // 存一页；没有网络就算了，打开的时候再存
    try {
      const answer = await fetch(address, { credentials: 'same-origin', cache: 'no-cache' });
      await keep(new Request(address), answer);
    } catch (error) {
      console.warn(address, error);
    }
  }

  // 随手拍自己的页面不管问号后面是什么都是同一页；回执各人不同，从来不存。
  function nameOf(request) {
    const address = new URL(request.url);
    const whole = SHELL.pages.indexOf(address.pathname) >= 0 || /^\?edit=/.test(address.search);
    return whole ? address.pathname : address.pathname + address.search;
  }

  async function keep(request, answer) {
    const name = nameOf(request);
    if (!answer.ok || answer.redirected || name.indexOf('/m/report/done/') === 0) return;
    const shelf = await caches.open(name === GROUND ? FILES : PAGES);
    await shelf.put(name, answer);
    const names = (await shelf.keys()).filter(each => SHELL.pages.indexOf(new URL(each.url).pathname) < 0);
    await Promise.all(names.slice(0, Math.max(0, names.length - MOST)).map(each => shelf.delete(each)));
  }

  async function clean() {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name.indexOf('field-files-') === 0 && name !== FILES).map(name => caches.delete(name)));
    await scope.clients.claim();
  }

  const fresh = answer => Date.now() - Date.parse(answer.headers.get('Date') || '') < OLDEST;

  // 存着的一页：随手拍自己的页面总可以看，别的（任务等）超过半天就不再给人看。
  async function kept(request) {
    const name = nameOf(request), found = await caches.match(name, { cacheName: PAGES });
    return found && (SHELL.pages.indexOf(name) >= 0 || fresh(found)) ? found : null;
  }

  async function page(event) {
    const asked = fetch(event.request).then(answer => {
      event.waitUntil(keep(event.request, answer.clone()).catch(error => console.warn(error)));
      return answer;
    });
    asked.catch(() => null);
    const slow = new Promise(resolve => setTimeout(resolve, PATIENCE));
    try {
      const answer = await Promise.race([asked, slow]);
      return answer || await kept(event.request) || await asked;
    } catch (error) {
      const instead = await kept(event.request) || await caches.match('/m/offline/', { cacheName: PAGES });
      if (instead) return instead;
      throw error;
    }
  }

  // 案件照片（任务里认路、对比用）：半天之内用存着的；和页面放在一起，换账号时一起清掉。
  async function photo(event) {
    const known = await kept(event.request);
    if (known) return known;
    const answer = await fetch(event.request);
    if (answer.ok) event.waitUntil(keep(event.request, answer.clone()));
    return answer;
  }

  // 样式、脚本和底图：先用存着的，随后更新。
  async function file(event) {
    const shelf = await caches.open(FILES), known = await shelf.match(event.request, { ignoreVary: true });
    const asked = fetch(event.request).then(answer => {
      if (answer.ok) event.waitUntil(shelf.put(event.request, answer.clone()));
      return answer;
    });
    if (!known) return asked;
    event.waitUntil(asked.catch(() => null));
    return known;
  }

  scope.addEventListener('install', event => event.waitUntil(keepShell().then(() => scope.skipWaiting())));
  scope.addEventListener('activate', event => event.waitUntil(clean()));
  scope.addEventListener('message', event => {  // 换了账号：旧的已清，按现在的账号重新存
    if (event.data && event.data.keep) event.waitUntil(Promise.all(SHELL.pages.concat(event.data.keep).map(refresh)));
  });
  scope.addEventListener('sync', event => {
    if (event.tag !== 'field-queue') return;
    event.waitUntil(scope.Field.send.all().then(result => { if (result.left) throw new Error('还有 ' + result.left + ' 件'); }));
  });
  scope.addEventListener('fetch', event => {
    const request = event.request, address = new URL(request.url);
    if (request.method !== 'GET' || address.origin !== scope.location.origin) return;
    if (request.mode === 'navigate' && address.pathname.indexOf('/m/') === 0) event.respondWith(page(event));
    else if (PHOTO.test(address.pathname)) event.respondWith(photo(event));
    else if (address.pathname.indexOf('/static/') === 0 || address.pathname === GROUND) event.respondWith(file(event));
  });
})(self);
