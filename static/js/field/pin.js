/* 微调：地图展开后在手指下移动，图钉钉在正中；方向键每次 5 米，按钮放大缩小。松手就报新位置，手工标的总是算数。
   Field.pin(root, {onMove(lon, lat)}) → {show(fix), redraw(), close()}；root 里要有 svg、[data-adjust]、[data-zoom]。 */
(function (scope) {
  'use strict';
  const Field = scope.Field = scope.Field || {};
  const NEAR = 1100, FAR = 5000, CLOSE = 160, STEP_M = 5, METRES_PER_DEGREE = 111320;

  Field.pin = function (root, options) {
    const svg = root.querySelector('svg'), frame = root.querySelector('.pinmap'), button = root.querySelector('[data-adjust]');
    const view = { lon: 0, lat: 0, metres: NEAR };
    let open = false, held = null, known = false;

    const draw = () => { if (known) Field.ground.draw(svg, view); };
    const squeeze = () => Math.cos(view.lat * Math.PI / 180);
    const perUnit = () => view.metres / METRES_PER_DEGREE / svg.clientWidth;
    const tell = () => options.onMove(view.lon, view.lat);

    function show(fix) {
      view.lon = fix.lon;
      view.lat = fix.lat;
      known = true;
      draw();
    }

    function toggle(wanted) {
      open = wanted;
      root.classList.toggle('is-open', open);
      button.setAttribute('aria-expanded', String(open));
      button.firstElementChild.textContent = open ? '完成' : '微调';
      frame.tabIndex = open ? 0 : -1;
      if (open && !known) {
        const middle = Field.ground.middle();
        view.metres = FAR;
        show({ lon: middle[0], lat: middle[1] });
      }
      draw();
      if (open) frame.focus({ preventScroll: true });
    }

    function zoom(by) {
      view.metres = Math.min(FAR, Math.max(CLOSE, view.metres * by));
      draw();
    }

    frame.addEventListener('pointerdown', event => {
      if (!open) return;
      held = { x: event.clientX, y: event.clientY, lon: view.lon, lat: view.lat };
      frame.setPointerCapture(event.pointerId);
    });
    frame.addEventListener('pointermove', event => {
      if (!held) return;
      view.lon = held.lon - (event.clientX - held.x) * perUnit() / squeeze();
      view.lat = held.lat + (event.clientY - held.y) * perUnit();
      draw();
    });
    const release = () => {
      if (!held) return;
      const moved = view.lon !== held.lon || view.lat !== held.lat;
      held = null;
      if (moved) tell();
    };
    frame.addEventListener('pointerup', release);
    frame.addEventListener('pointercancel', release);
    frame.addEventListener('keydown', event => {
      const way = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
      if (!open || !way) return;
      event.preventDefault();
      view.lon += way[0] * STEP_M / METRES_PER_DEGREE / squeeze();
      view.lat += way[1] * STEP_M / METRES_PER_DEGREE;
      draw();
      tell();
    });
    root.querySelectorAll('[data-zoom]').forEach(each => each.addEventListener('click', () => zoom(Number(each.getAttribute('data-zoom')))));
    button.addEventListener('click', () => toggle(!open));
    window.addEventListener('resize', draw);
    return { show: show, redraw: draw, close: () => { known = false; toggle(false); } };
  };
})(self);
