/* 自动保存：停笔一秒即存，带版次；存不上先留在本机，联网再存；别人先改了就说明，不覆盖。 */
const PAUSE = 1000, AGAIN = 8000;

const token = () => JSON.parse(document.body.getAttribute('hx-headers') || '{}')['X-CSRFToken'] || '';
const kept = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch (error) { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); return true; } catch (error) { return false; } },
  drop(key) { try { localStorage.removeItem(key); } catch (error) { /* 浏览器不许存，也就没有可删的 */ } },
};

/* hooks: content() → {heading, blocks}，said(words, icon)，saved(answer)，conflict(sentence)。 */
export const autosave = ({ address, key, revision, hooks }) => {
  let timer = 0, sending = null, dirty = false, stopped = false, leaving = false;

  const later = wait => { clearTimeout(timer); timer = setTimeout(send, wait); };

  async function post() {
    const body = JSON.stringify({ revision, ...hooks.content() });
    const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token(), 'Accept': 'application/json' };
    const response = await fetch(address, { method: 'POST', headers, body, keepalive: body.length < 60000, redirect: 'manual' });
    const json = (response.headers.get('Content-Type') || '').includes('json');
    return { status: response.status, answer: json ? await response.json() : {} };
  }

  function take({ status, answer }) {
    if (status === 200) {
      revision = answer.revision;
      // 正要离开时不丢本机的一份：新开的页可能在这次保存之前就读了旧文字。
      if (!dirty && !leaving) kept.drop(key); else keep();
      hooks.said(`已自动保存 ${answer.saved}`, 'cloud-check');
      hooks.saved(answer);
    } else if (status === 409) {
      stopped = true;
      keep();
      hooks.said('没有保存，别人刚改过', 'alert-circle');
      hooks.conflict(answer.sentence, answer.revision);
    } else if (status === 422) {
      hooks.said(answer.sentence, 'alert-circle');
    } else if (status === 0 || status === 403) {
      keep();
      hooks.said('登录已过期，文字已存在本机，重新登录后再打开本页', 'alert-circle');
    } else {
      throw new Error(String(status));
    }
  }

  async function send() {
    clearTimeout(timer);
    if (sending || stopped || !dirty) return sending;
    dirty = false;
    hooks.said('正在保存…', 'cloud-upload');
    sending = post().then(take).catch(() => {
      dirty = true;
      hooks.said('没有连上，文字已存在本机，联网后自动保存', 'cloud-off');
      later(AGAIN);
    }).finally(() => { sending = null; if (dirty) later(PAUSE); });
    return sending;
  }

  function keep() { return kept.write(key, { revision, at: Date.now(), ...hooks.content() }); }

  window.addEventListener('online', () => later(0));
  document.addEventListener('visibilitychange', () => { if (document.visibilityState === 'hidden') send(); });
  window.addEventListener('pageshow', () => { leaving = false; });
  window.addEventListener('beforeunload', event => {
    leaving = true;
    if ((dirty || stopped) && !keep()) { event.preventDefault(); event.returnValue = ''; }
    else if (dirty) send();
  });

  return {
    changed() { dirty = true; keep(); if (!stopped) later(PAUSE); },
    flush: () => (dirty ? send() : sending || Promise.resolve()),
    isDirty: () => dirty || Boolean(sending),
    left: () => kept.read(key),
    forget: () => { dirty = stopped = false; clearTimeout(timer); kept.drop(key); },
    halt() { stopped = true; },
    upon(number) { revision = number; stopped = false; dirty = true; return send(); },
    revision: () => revision,
  };
};
