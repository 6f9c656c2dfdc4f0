/* 表单：防重复提交，离开前提醒未保存（[data-guard]），Ctrl+Enter 提交，显示密码，错误摘要取得焦点。 */
{
  const submitter = (form, event) => (event && event.submitter) || form.querySelector('.btn--p, [type=submit], button:not([type=button])');

  const busy = (form, button) => {
    if (!button) return;
    button.classList.add('htmx-request');
    button.setAttribute('aria-disabled', 'true');
    if (button.dataset.busy) {
      button.dataset.idle = button.innerHTML;
      button.textContent = button.dataset.busy;
    }
  };
  const idle = form => {
    delete form.dataset.sending;
    form.querySelectorAll('[aria-disabled="true"].htmx-request, [data-idle]').forEach(button => {
      button.classList.remove('htmx-request');
      button.removeAttribute('aria-disabled');
      if (button.dataset.idle) {
        button.innerHTML = button.dataset.idle;
        delete button.dataset.idle;
      }
    });
  };

  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method === 'dialog') return;
    if (form.dataset.sending) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const byHtmx = form.hasAttribute('hx-post');
    if (form.method !== 'post' && !byHtmx) return;
    form.removeAttribute('data-dirty');
    form.dataset.sending = 'yes';
    const button = submitter(form, event);
    setTimeout(() => (event.defaultPrevented && !byHtmx ? idle(form) : busy(form, button)));
  }, true);
  document.addEventListener('htmx:afterRequest', event => {
    const form = event.detail.elt.closest && event.detail.elt.closest('form');
    if (form) idle(form);
  });
  document.addEventListener('htmx:validation:halted', event => {
    const form = event.target.closest && event.target.closest('form');
    if (form) idle(form);
  });
  window.addEventListener('pageshow', event => { if (event.persisted) document.querySelectorAll('form[data-sending]').forEach(idle); });

  const dirty = event => {
    const form = event.target.form;
    if (form && form.hasAttribute('data-guard')) form.setAttribute('data-dirty', '');
  };
  document.addEventListener('input', dirty);
  document.addEventListener('change', dirty);
  window.addEventListener('beforeunload', event => {
    if (!document.querySelector('form[data-guard][data-dirty]')) return;
    event.preventDefault();
    event.returnValue = '';
  });

  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    const dialog = document.querySelector('dialog[open]');
    const form = (event.target.form || event.target.closest('form')) || (dialog && dialog.querySelector('form'));
    if (!form || form.method === 'dialog') return;
    event.preventDefault();
    const button = submitter(form);
    if (button && !button.disabled) button.click();
  });

  document.addEventListener('click', event => {
    const eye = event.target.closest('[data-reveal]');
    if (eye) {
      const field = document.getElementById(eye.dataset.reveal), shown = field.type === 'text';
      field.type = shown ? 'password' : 'text';
      eye.setAttribute('aria-pressed', String(!shown));
      eye.setAttribute('aria-label', shown ? '显示密码' : '隐藏密码');
      return;
    }
    const link = event.target.closest('.errsum a[href^="#"]');
    const target = link && document.getElementById(link.getAttribute('href').slice(1));
    if (target) { event.preventDefault(); (target.matches('fieldset') ? target.querySelector('input') || target : target).focus(); }
  });

  // 退回的表单（422）：焦点落到要改的框。
  const arrived = performance.getEntriesByType ? performance.getEntriesByType('navigation')[0] : null;
  const wrong = arrived && arrived.responseStatus === 422 && document.querySelector('main [aria-invalid="true"]');
  if (wrong) wrong.focus();
}
