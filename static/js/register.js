// Registration: a known place fills the position ([data-place]), a suggestion fills its field ([data-fill]).
document.addEventListener('click', event => {
  const place = event.target.closest('[data-place]');
  if (place) {
    event.preventDefault();
    const form = place.form;
    for (const name of ['lon', 'lat']) form.elements[name].value = place.dataset[name];
    for (const name of ['lon', 'lat']) form.elements[name].dispatchEvent(new Event('change', { bubbles: true }));
    document.querySelectorAll('[data-place]').forEach(one => one.setAttribute('aria-pressed', String(one === place)));
    return;
  }
  const fill = event.target.closest('[data-fill]');
  if (fill) {
    const field = document.querySelector(`#id_${fill.dataset.fill}`);
    if (!field) return;
    field.value = fill.dataset.value;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    field.focus();
  }
});
