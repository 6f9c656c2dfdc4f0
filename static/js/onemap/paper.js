// The map on a sheet of A3 (the button, or Ctrl+P): as large as the paper while it prints, the same ground in view, then back to the screen.
export function onPaper(root, street, layers) {
  const { map } = street, page = document.documentElement;
  let before = null;

  function fit() {
    if (before) return;
    before = { centre: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds(), theme: page.dataset.theme };
    page.dataset.theme = 'light';  // paper is white, whatever the screen is
    root.classList.add('is-printing');
    map.invalidateSize({ pan: false });
    map.fitBounds(before.bounds, { animate: false });
    street.draw();
  }

  function back() {
    if (!before) return;
    root.classList.remove('is-printing');
    map.invalidateSize({ pan: false });
    map.setView(before.centre, before.zoom, { animate: false });
    page.dataset.theme = before.theme;
    before = null;
    street.draw();
  }

  window.addEventListener('beforeprint', () => { fit(); before.onPaper = true; });
  window.addEventListener('afterprint', back);
  async function print() {
    fit();
    await street.tiles.drawn();  // a larger map needs more of the base map, and the browser prints what is there
    window.print();
    if (before && !before.onPaper) back();  // a browser that may not print told nobody
  }

  root.querySelector('[data-paper]').addEventListener('click', print);
  document.addEventListener('keydown', event => {  // the browser's own menu cannot be made to wait: it prints the grids alone
    if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'p') return;
    event.preventDefault();
    print();
  });
}
