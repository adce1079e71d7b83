import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { createGaugeProducer } from '../../../lib/telemetry/gauge-producer.ts';
import { createWaitingGauges, type Gauge } from '../../../lib/telemetry/waiting-gauges.ts';

const gauge = (value: number, rest: Partial<Gauge> = {}): Gauge => ({
  name: 'queue.depth',
  unit: '{message}',
  description: 'd',
  value,
  attributes: { 'queue.name': 'a' },
  timeMs: 1_772_366_400_000,
  ...rest,
});

async function collect({ take }: ReturnType<typeof createWaitingGauges>) {
  const { resourceMetrics } = await createGaugeProducer(take).collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) => metrics);
}

it('keeps every value with its own time, in order, one metric a name', async () => {
  const name = fc.constantFrom('queue.depth', 'workers.active');
  const timeMs = fc.integer({ min: 0, max: 4e12 });
  const some = fc.array(fc.record({ name, timeMs, value: fc.integer() }));
  await fc.assert(
    fc.asyncProperty(some, async (given) => {
      const waiting = createWaitingGauges(() => {});
      waiting.add(given.map((each) => gauge(each.value, each)));
      const metrics = await collect(waiting);
      const names = metrics.map(({ descriptor }) => descriptor.name);
      expect(new Set(names).size).toBe(names.length);
      for (const { descriptor, dataPoints } of metrics) {
        const read = dataPoints.map(({ endTime: [seconds, nanos], value }) => ({
          timeMs: seconds * 1_000 + nanos / 1e6,
          value,
        }));
        const expected = given.filter((each) => each.name === descriptor.name);
        for (const { endTime } of dataPoints) expect(endTime[1]).toBeGreaterThanOrEqual(0);
        expect(read).toEqual(expected.map((each) => ({ timeMs: each.timeMs, value: each.value })));
      }
    }),
  );
});

it('hands each value out once', async () => {
  const waiting = createWaitingGauges(() => {});
  waiting.add([gauge(1)]);
  expect(await collect(waiting)).toHaveLength(1);
  expect(await collect(waiting)).toEqual([]);
});

it('does not fold 10,000 series together', async () => {
  const waiting = createWaitingGauges(() => {});
  const series = Array.from({ length: 10_000 }, (_, index) =>
    gauge(index, { attributes: { 'queue.name': `q${index}` } }),
  );
  waiting.add(series);
  const [metric] = await collect(waiting);
  const names = metric?.dataPoints.map(({ attributes }) => attributes['queue.name']);
  expect(new Set(names).size).toBe(10_000);
});

it.each([
  ['one by one', [60_000, 60_000]],
  ['at once', [120_000]],
])('keeps the newest 100,000 that come %s, and counts the others', async (_, sizes) => {
  const onDropped = vi.fn();
  const waiting = createWaitingGauges(onDropped);
  let before = 0;
  for (const size of sizes) {
    const first = before + 1;
    waiting.add(Array.from({ length: size }, (_, index) => gauge(first + index)));
    before += size;
  }
  const [metric] = await collect(waiting);
  expect(metric?.dataPoints).toHaveLength(100_000);
  expect(metric?.dataPoints.at(-1)?.value).toBe(120_000);
  const counts = onDropped.mock.calls.map(([count]) => Number(count));
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(20_000);
});
