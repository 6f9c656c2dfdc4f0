// Registration: a known place fills the position ([data-place]), and so does a component ([data-thing-at]) that is named
// before there is one. A suggestion fills its field by fill.js.
const place = (form, spot) => {
  for (const name of ['lon', 'lat']) form.elements[name].value = spot.dataset[name];
  for (const name of ['lon', 'lat']) form.elements[name].dispatchEvent(new Event('change', { bubbles: true }));
};
document.addEventListener('click', event => {
  const spot = event.target.closest('[data-place]');
  if (!spot) return;
  event.preventDefault();
  place(spot.form, spot);
  document.querySelectorAll('.places [data-place]').forEach(one => one.setAttribute('aria-pressed', String(one === spot)));
});
document.addEventListener('htmx:afterSwap', event => {
  const thing = event.target.querySelector('[data-thing-at]');
  const form = thing && thing.closest('form');
  if (form && !form.elements.lon.value) place(form, thing);
});
