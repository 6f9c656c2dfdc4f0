/* 草稿：没交的内容（字和照片）存在本机，相机把页面挤掉、换了一页，回来还在。一件任务一份，交上去就删。
   Field.draft.keep(name, who, what) / read(name, who) → what|null / drop(name)
   Field.draft.hold(name, who, content) → {later(), drop(), read()}：停手一会儿就存 content()（null 就不留，undefined 不动）；半天以后不再取回。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const REST = 600, FRESH = 12 * 3600 * 1000;
  let opened = null;

  function open() {
    if (!opened) opened = new Promise((resolve, reject) => {
      const asked = scope.indexedDB.open('field-drafts', 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore('drafts', { keyPath: 'name' });
      asked.onsuccess = () => resolve(asked.result);
      asked.onerror = () => { opened = null; reject(asked.error); };
    });
    return opened;
  }

  async function within(mode, work) {
    const base = await open();
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(['drafts'], mode), asked = work(transaction.objectStore('drafts'));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error || new Error('草稿没有存成'));
    });
  }

  const keep = (name, who, what) => within('readwrite', drafts => drafts.put({ name: name, who: who, what: what, at: Date.now() }));
  const drop = name => within('readwrite', drafts => drafts.delete(name));
  async function read(name, who, longest) {  // 别人的草稿不给看，也不留
    const found = await within('readonly', drafts => drafts.get(name));
    if (!found) return null;
    if (found.who === who && !(Date.now() - found.at > longest)) return found.what;
    await drop(name);
    return null;
  }

  function hold(name, who, content) {
    let timer = 0, own = false;  // 只丢自己存过、取回过的：修改另一件的页面空了，不丢别的草稿
    const store = () => {
      const what = Field.left ? undefined : content();  // 已经交上去、正在离开：慢网上还停在这一页，不再存
      if (what === undefined || !what && !own) return;
      own = Boolean(what);
      (what ? keep(name, who, what) : drop(name)).catch(error => console.error(error));
    };
    return {
      later: () => { clearTimeout(timer); timer = setTimeout(store, REST); },
      drop: () => { clearTimeout(timer); return drop(name); },
      read: async () => {
        const found = await read(name, who, FRESH);
        own = own || Boolean(found);
        return found;
      },
    };
  }

  Field.draft = { keep: keep, read: read, drop: drop, hold: hold };
})(self);
