/* 轻提示：服务器用 HX-Trigger {"toast": {text, kind, undo, target, href, action}}，页面用同名事件。6 秒后收起，指着或聚焦时不收。 */
{
  const SECONDS = 6;

  const token = () => JSON.parse(document.body.getAttribute('hx-headers') || '{}')['X-CSRFToken'] || '';
  const region = () => document.getElementById('toasts');

  const sprite = () => {
    const use = document.querySelector('svg.i use');
    return use ? use.getAttribute('href').split('#')[0] : '';
  };
  const icon = name => {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
    svg.setAttribute('class', 'i');
    svg.setAttribute('aria-hidden', 'true');
    use.setAttribute('href', sprite() + '#i-' + name);
    svg.append(use);
    return svg;
  };

  const leaveLater = toast => {
    let timer = 0;
    const held = () => toast.matches(':hover') || toast.contains(document.activeElement);
    const go = () => (held() ? (timer = setTimeout(go, 1000)) : toast.remove());
    timer = setTimeout(go, SECONDS * 1000);
    toast.addEventListener('click', () => clearTimeout(timer), { once: true });
  };

  const undoForm = detail => {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = detail.undo;
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'csrfmiddlewaretoken';
    field.value = token();
    const button = document.createElement('button');
    button.textContent = detail.action || '撤销';
    form.append(field, button);
    form.addEventListener('submit', event => {
      if (!detail.target || !window.htmx) return;
      event.preventDefault();
      form.closest('.toast').remove();
      window.htmx.ajax('POST', detail.undo, { target: detail.target, swap: 'innerHTML' });
    });
    return form;
  };

  const say = detail => {
    const bad = detail.kind === 'bad';
    const toast = document.createElement('div');
    const text = document.createElement('span');
    toast.className = bad ? 'toast toast--bad' : 'toast';
    text.textContent = detail.text;
    toast.append(icon(bad ? 'alert-circle' : 'circle-check'), text);
    if (detail.undo) toast.append(undoForm(detail));
    if (detail.href) {
      const link = document.createElement('a');
      link.href = detail.href;
      link.textContent = detail.action || '查看';
      toast.append(link);
    }
    region().append(toast);
    leaveLater(toast);
  };

  document.addEventListener('toast', event => {
    const detail = event.detail && event.detail.value !== undefined && typeof event.detail.value === 'string'
      ? { text: event.detail.value } : event.detail;
    if (detail && detail.text && region()) say(detail);
  });
  document.querySelectorAll('#toasts [data-toast]').forEach(leaveLater);
}
