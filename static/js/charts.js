// Charts: every [data-chart] element draws what its JSON says, in the page's colours, without animation; the table
// beside it has the same numbers. {"months": ["1月"…], "accepted": [n…], "closed": [n…], "rate": [n|null…], "big": 0|1}
// A changed data-chart or another theme is drawn anew. Needs vendor/echarts.min.js.
const css = name => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

function nice(most) {  // the next round number above, and four steps to it
  const step = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000].find(one => one * 4 >= most) || Math.ceil(most / 4);
  return { max: step * Math.max(1, Math.ceil(most / step)), interval: step };
}

function floor(rates) {  // the right axis starts at a round number below the worst rate
  const worst = Math.min(100, ...rates.filter(rate => rate !== null));
  return Math.max(0, Math.min(70, Math.floor(worst / 10) * 10));
}

function trend({ months, accepted, closed, rate, big }) {
  const font = getComputedStyle(document.body).fontFamily, size = big ? 15 : 12, axis = css('c-axis');
  const label = { color: axis, fontSize: size, fontFamily: font }, low = floor(rate);
  const left = nice(Math.max(1, ...accepted.map(Number), ...closed.map(Number)));
  const steps = Math.round(left.max / left.interval);
  const bar = (name, colour, data) => ({ name, type: 'bar', barMaxWidth: big ? 9 : 14, barGap: '15%', itemStyle: { color: css(colour), borderRadius: [2, 2, 0, 0] }, data });
  return {
    animation: false, textStyle: { fontFamily: font, fontSize: size }, grid: { left: big ? 40 : 34, right: big ? 54 : 46, top: 34, bottom: 24 },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8, itemGap: 18, icon: 'roundRect', textStyle: { ...label, color: css('text-2') }, data: [{ name: '受理' }, { name: '办结' }, { name: '按期处置率', icon: 'path://M0 4h16v2H0z' }] },
    tooltip: { show: !big, trigger: 'axis', renderMode: 'richText', backgroundColor: css('surface'), borderColor: css('line-2'), textStyle: { color: css('text'), fontSize: size, fontFamily: font }, valueFormatter: value => value === null || value === undefined ? '–' : String(value) },
    xAxis: { type: 'category', data: months, axisTick: { show: false }, axisLine: { lineStyle: { color: css('line-2') } }, axisLabel: label },
    yAxis: [
      { type: 'value', ...left, splitLine: { lineStyle: { color: css('c-grid') } }, axisLabel: label },
      { type: 'value', min: low, max: 100, interval: (100 - low) / steps, splitLine: { show: false }, axisLabel: { ...label, formatter: value => `${Math.round(value)}%` } },
    ],
    series: [
      bar('受理', 'c-mute', accepted), bar('办结', 'c1', closed),
      { name: '按期处置率', type: 'line', yAxisIndex: 1, symbol: 'circle', symbolSize: 6, lineStyle: { width: 2, color: css('c3') }, itemStyle: { color: css('c3') }, data: rate },
    ],
  };
}

function framed(element, chart) {  // so that paper, narrower than the screen, shows all of it
  element.querySelector('svg')?.setAttribute('viewBox', `0 0 ${chart.getWidth()} ${chart.getHeight()}`);
}

function draw(element, chart) {
  try {
    chart.setOption(trend(JSON.parse(element.dataset.chart)), { notMerge: true });
    framed(element, chart);
    element.dataset.chartState = 'ready';
  } catch (error) {
    console.error(error);
    element.dataset.chartState = 'failed';
  }
}

function start(element) {
  if (!window.echarts) { element.dataset.chartState = 'failed'; return; }
  const chart = echarts.init(element, null, { renderer: 'svg' });
  draw(element, chart);
  new ResizeObserver(() => { chart.resize(); framed(element, chart); }).observe(element);
  new MutationObserver(() => draw(element, chart)).observe(element, { attributeFilter: ['data-chart'] });
  new MutationObserver(() => draw(element, chart)).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

document.querySelectorAll('[data-chart]').forEach(start);
