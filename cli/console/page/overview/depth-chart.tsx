import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type UPlot from 'uplot';
import type { DepthPoint } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { formatTime } from '../format/format-time.ts';
import { theme } from '../shell/theme.ts';
import { HISTORY_MS } from '../state/merge-overview.ts';
import { createChart } from './create-chart.ts';

/** Messages that wait (filled) and in flight (dashed) over 15 minutes. */
export function DepthChart(props: {
  history: readonly DepthPoint[];
  at: number;
  name: string;
}): JSX.Element {
  const { history, at, name } = props;
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<UPlot>(undefined);
  const latest = useRef({ history, at });
  latest.current = { history, at };

  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    // Colours are read when it is made: another theme is another chart.
    const draw = () => {
      chart.current?.destroy();
      chart.current = createChart(element);
      update(chart.current, latest.current);
    };
    draw();
    const resized = new ResizeObserver(() => {
      chart.current?.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    resized.observe(element);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', draw);
    const unsubscribe = theme.subscribe(() => queueMicrotask(draw));
    return () => {
      unsubscribe();
      dark.removeEventListener('change', draw);
      resized.disconnect();
      chart.current?.destroy();
    };
  }, []);
  useEffect(() => {
    if (chart.current) update(chart.current, { history, at });
  }, [history, at]);

  return (
    <figure class="depth-chart" role="img" aria-label={describe(name, history)}>
      <div class="plot" ref={frame} />
      <figcaption aria-hidden="true">
        <span class="key-depth">waiting</span>
        <span class="key-flight">in flight</span>
      </figcaption>
    </figure>
  );
}

function update(chart: UPlot, data: { history: readonly DepthPoint[]; at: number }): void {
  const { history, at } = data;
  const column = (index: 0 | 1 | 2) => history.map((point) => point[index]);
  chart.batch(() => {
    chart.setData([column(0).map((ms) => ms / 1000), column(1), column(2)], false);
    chart.setScale('x', { min: (at - HISTORY_MS) / 1000, max: at / 1000 });
    chart.setScale('y', { min: 0, max: ceiling(Math.max(0, ...column(1), ...column(2))) });
  });
}

/** So that a single message does not fill the chart. */
function ceiling(highest: number): number {
  return Math.max(4, highest * 1.12);
}

function describe(name: string, history: readonly DepthPoint[]): string {
  const last = history.at(-1);
  if (last === undefined) return `Depth of ${name}: nothing was read yet`;
  const peak = history.reduce((high, point) => (point[1] > high[1] ? point : high), last);
  const most = `at most ${formatCount(peak[1])}, at ${formatTime(peak[0])}`;
  return `Depth of ${name} in the last 15 minutes: ${formatCount(last[1])} now, ${most}`;
}
