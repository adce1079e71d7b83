import { describe, expect, it } from 'vitest';
import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import { type Behaviour, type OtlpBackend, startBackend } from '../lib/telemetry/otlp-backend.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { startService, type TelemetryService, useBundles } from './telemetry-service.ts';

const bundles = useBundles('scripted');

function start(backend: OtlpBackend, environment = {}, concurrency = 1): TelemetryService {
  return startService({
    bundleDirectory: bundles(),
    bundle: 'scripted',
    concurrency,
    environment: {
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      LEADLINE_FLUSH: 'adaptive',
      ...environment,
    },
  });
}

/** How long the instance was busy after the answer. */
const heldMs = ({ billedMs, responseMs }: InvocationReport) => billedMs - responseMs;
const away =
  (ms: number): Behaviour =>
  (_request, _response, take) =>
    void setTimeout(take, ms);
const requestsOf = ({ requests }: OtlpBackend, signal: string) =>
  requests.filter(({ path }) => path.endsWith(signal));
const sumOf = ({ store }: OtlpBackend, metric: string) =>
  store
    .points()
    .filter((point) => point.metric === metric)
    .reduce((sum, { value = 0 }) => sum + value, 0);

it('overlaps once three gaps were short, and no longer after a long one', async () => {
  const backend = await startBackend(away(400));
  const service = start(backend);
  const held: number[] = [];
  for (let count = 0; count < 5; count += 1) held.push(heldMs(await service.run()));
  expect(held.slice(0, 2).every((ms) => ms > 380)).toBe(true);
  expect(held.slice(2).every((ms) => ms < 380)).toBe(true);
  await service.idle();
  const idleSince = performance.now();
  await waitUntil('a gap of 2 s', () => performance.now() - idleSince > 2_100);
  expect(heldMs(await service.run())).toBeGreaterThan(380);
}, 30_000);

describe('in a steady stream', () => {
  async function steady(behaviour: Behaviour) {
    const backend = await startBackend(behaviour);
    const service = start(backend);
    for (let count = 0; count < 3; count += 1) await service.run({ name: `warm ${count}` });
    return { backend, service };
  }

  it('metrics are collected every 10 s at most', async () => {
    const { backend, service } = await steady('take');
    const before = requestsOf(backend, 'metrics').length;
    for (let count = 0; count < 12; count += 1) await service.run();
    expect(requestsOf(backend, 'metrics').length - before).toBeLessThanOrEqual(1);
    expect(requestsOf(backend, 'traces').length).toBeGreaterThan(5);
  });

  it('an invocation that failed is sent at once, with its metrics', async () => {
    const { backend, service } = await steady(away(400));
    expect(heldMs(await service.run())).toBeLessThan(380);
    expect(heldMs(await service.run({ name: 'failing', fail: true }))).toBeGreaterThan(380);
    expect(backend.store.spans().map(({ name }) => name)).toContain('failing');
    expect(sumOf(backend, 'runs')).toBe(5);
    expect(heldMs(await service.run())).toBeLessThan(380);
  });

  it('SIGTERM sends what is left', async () => {
    const { backend, service } = await steady('take');
    for (let count = 0; count < 6; count += 1) await service.run({ name: `left ${count}` });
    await service.idle();
    await service.stop();
    expect(backend.store.spans()).toHaveLength(9);
    expect(backend.store.logs()).toHaveLength(9);
    expect(sumOf(backend, 'runs')).toBe(9);
  });

  it('an answer that came while the instance was frozen is seen: nothing counts as dropped', async () => {
    const { backend, service } = await steady(away(300));
    for (let count = 0; count < 3; count += 1) {
      await service.run({ name: 'before the freeze' });
      await service.idle();
      const answered = backend.store.spans().length;
      // Longer than an attempt may take.
      const frozenSince = performance.now();
      await waitUntil('2.1 s frozen', () => performance.now() - frozenSince > 2_100);
      expect(backend.store.spans().length).toBeGreaterThanOrEqual(answered);
      for (let warm = 0; warm < 3; warm += 1) await service.run({ name: 'after' });
    }
    await service.run({ fail: true });
    expect(service.output.filter((line) => line.includes('WARN'))).toEqual([]);
    expect(sumOf(backend, 'telemetry.dropped')).toBe(0);
    expect(backend.store.spans()).toHaveLength(3 + 3 * 4 + 1);
  }, 40_000);
});

describe('at sustained load neither the billed time nor the instances carry the latency', () => {
  const CALLERS = 2;
  const workMs = 30;

  /** Two instances, each past its first gaps. */
  async function warm(backend: OtlpBackend, environment: Record<string, string>) {
    const service = start(backend, environment, 8);
    for (let round = 0; round < 4; round += 1) {
      await Promise.all([service.run({ workMs: 500 }), service.run({ workMs: 500 })]);
      await service.idle();
    }
    service.reports.length = 0;
    return service;
  }

  /** Two callers that do not pause. */
  async function load(service: TelemetryService) {
    const caller = async () => {
      for (let count = 0; count < 5; count += 1) await service.invoke({ workMs });
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
  }

  const summarize = ({ reports }: TelemetryService) => ({
    held: median(reports.map(heldMs)),
    billed: median(reports.map(({ billedMs }) => billedMs)),
    coldStarts: reports.filter(({ coldStart }) => coldStart).length,
  });

  // At 2 s an attempt is given up, and after three flushes nothing is sent for a while.
  it.for([40, 1_500, 2_000])(
    'with a backend %i ms away',
    { timeout: 60_000 },
    async (latencyMs) => {
      const backend = await startBackend(away(latencyMs));
      const unused = await startBackend();
      const bareService = await warm(unused, { OTEL_SDK_DISABLED: 'true' });
      const adaptiveService = await warm(backend, {});
      // By turns, so that whatever else the machine does slows both.
      for (let round = 0; round < 5; round += 1) {
        await load(bareService);
        await load(adaptiveService);
      }
      await Promise.all([bareService.idle(), adaptiveService.idle()]);
      const bare = summarize(bareService);
      const adaptive = summarize(adaptiveService);
      expect(bareService.reports).toHaveLength(50);
      expect(adaptiveService.reports).toHaveLength(50);
      expect(unused.requests).toEqual([]);
      expect(backend.requests.length).toBeGreaterThan(10);
      expect(adaptive.held - bare.held).toBeLessThan(35);
      expect(adaptive.billed - bare.billed).toBeLessThan(40);
      // Carried, it would be all of the others. A machine that is busy may cost one.
      expect(adaptive.coldStarts - bare.coldStarts).toBeLessThanOrEqual(2);
    },
  );
});

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
