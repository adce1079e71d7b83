import UPlot from 'uplot';
import { formatCount } from '../format/format-count.ts';

const FONT = '11px system-ui, sans-serif';

/** An empty chart that fills its frame, in the colours that the frame has now. */
export function createChart(frame: HTMLElement): UPlot {
  const accent = colour(frame, '--accent');
  const faint = colour(frame, '--text-3');
  const grid = colour(frame, '--line');
  const axis: UPlot.Axis = {
    stroke: faint,
    font: FONT,
    ticks: { show: false },
    grid: { stroke: grid, width: 1 },
  };
  return new UPlot(
    {
      width: frame.clientWidth,
      height: frame.clientHeight,
      padding: [8, 14, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      axes: [
        {
          ...axis,
          grid: { show: false },
          size: 22,
          space: 70,
          values: (_, splits) => splits.map((seconds) => clock.format(seconds * 1000)),
        },
        {
          ...axis,
          size: 40,
          space: 34,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 1e6, 1e7],
          values: (_, splits) => splits.map(formatCount),
        },
      ],
      series: [
        {},
        { stroke: accent, width: 2, fill: `${accent}26`, points: { show: false } },
        { stroke: faint, width: 1.25, dash: [4, 3], points: { show: false } },
      ],
      plugins: [showValues()],
    },
    [[], [], []],
    frame,
  );
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

/** A line below the pointer that says the values there. */
function showValues(): UPlot.Plugin {
  const tip = document.createElement('div');
  tip.className = 'chart-tip';
  tip.hidden = true;
  const words = document.createElement('span');
  tip.append(words);
  return {
    hooks: {
      init: ({ over }) => {
        over.append(tip);
      },
      setCursor: ({ cursor: { idx, left = -1 }, data, over }) => {
        const [at, depth, inFlight] = data.map((column) => column[idx ?? -1]);
        tip.hidden = at == null || left < 0;
        if (tip.hidden || at == null) return;
        const time = clock.format(at * 1000);
        words.textContent = `${time}  ${formatCount(depth ?? 0)} waiting, ${formatCount(inFlight ?? 0)} in flight`;
        tip.dataset['side'] = left > over.clientWidth / 2 ? 'left' : 'right';
        tip.style.transform = `translateX(${Math.round(left)}px)`;
      },
    },
  };
}

/** As `#rrggbb`, whatever way the style sheet says it: a canvas knows no custom properties. */
function colour(frame: HTMLElement, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  frame.append(probe);
  const computed = getComputedStyle(probe).color;
  probe.remove();
  const parts = computed.match(/\d+/g)?.slice(0, 3).map(Number) ?? [];
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
