/* 表单：防重复提交，下载后恢复可按（[data-download]），离开前提醒未保存（[data-guard]），Ctrl+Enter 提交，显示密码，错误摘要取得焦点。 */
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
    [...form.elements].filter(one => one.matches('[aria-disabled="true"].htmx-request, [data-idle]')).forEach(button => {
      button.classList.remove('htmx-request');
      button.removeAttribute('aria-disabled');
      if (button.dataset.idle) {
        button.innerHTML = button.dataset.idle;
        delete button.dataset.idle;
      }
    });
  };

  // 下载不换页，没有别的事件说它开始了。
  const downloaded = form => {
    idle(form);
    const box = form.closest('dialog, details[data-menu]');
    if (box) box.matches('dialog') ? box.close() : (box.open = false);
  };

  document.addEventListener('submit', event => {
    const form = event.target;
    if (form.method === 'dialog') return;
    if (form.dataset.sending) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    const byHtmx = form.hasAttribute('hx-post');
    if (form.method !== 'post' && !byHtmx) return;
    // 刚换进来的表单要等一拍才归 htmx 管：手快的人先交，也不落到整页提交。已归它管的不再交一次，不然它忘了正在发的那一次。
    if (byHtmx && window.htmx && !form['htmx-internal-data']) window.htmx.process(form);
    form.removeAttribute('data-dirty');
    form.dataset.sending = 'yes';
    const button = submitter(form, event);
    setTimeout(() => (event.defaultPrevented && !byHtmx ? idle(form) : busy(form, button)));
    if (form.matches('[data-download]')) setTimeout(downloaded, 1500, form);
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

  // 退回的表单（422）：焦点落到要改的框；不是哪一个框的错，落到错误摘要。
  const arrived = performance.getEntriesByType ? performance.getEntriesByType('navigation')[0] : null;
  const refused = arrived && arrived.responseStatus === 422;
  const wrong = refused && (document.querySelector('main [aria-invalid="true"]') || document.querySelector('main .errsum'));
  if (wrong && wrong.matches('.errsum')) wrong.tabIndex = -1;
  if (wrong) wrong.focus();
}
