/* 轮询与断线：页面不可见时不问服务器；断线时顶部提示；请求没有到达时说清楚并可重试。 */
{
  const polls = element => /(^|,)\s*every\s/.test(element.getAttribute('hx-trigger') || '');

  document.addEventListener('htmx:beforeRequest', event => {
    const by = event.detail.requestConfig && event.detail.requestConfig.triggeringEvent;
    if (document.hidden && !by && polls(event.detail.elt)) event.preventDefault();
  });

  let banner = null;
  const online = () => { if (banner) banner.remove(); banner = null; };
  const offline = () => {
    if (banner) return;
    banner = document.createElement('div');
    banner.className = 'note note--warn offline';
    banner.setAttribute('role', 'status');
    banner.textContent = '网络已断开。可继续查看，联网后再操作。';
    document.body.append(banner);
  };
  window.addEventListener('online', online);
  window.addEventListener('offline', offline);
  if (navigator.onLine === false) offline();

  const say = text => document.dispatchEvent(new CustomEvent('toast', { detail: { text, kind: 'bad' } }));
  document.addEventListener('htmx:sendError', event => {
    if (!polls(event.detail.elt)) say('没有连上服务器，操作没有完成。检查网络后重试。');
  });
  document.addEventListener('htmx:timeout', () => say('服务器很久没有回答。稍后刷新页面，看操作是否已完成。'));
  document.addEventListener('htmx:responseError', event => {
    const status = event.detail.xhr.status;
    if (polls(event.detail.elt)) return;
    if (status === 403) say('没有这项权限。需要时请向系统管理员申请。');
    else if (status === 404) say('这一项已不在您能看到的范围内。刷新列表再看。');
    else if (status >= 500) say('服务器出错，操作没有完成。稍后重试，或致电值班室。');
    else say('操作没有完成。刷新页面后重试。');
  });
}
