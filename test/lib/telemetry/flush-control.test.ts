import { setImmediate as loopTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Flush } from '../../../lib/telemetry/create-flush.ts';
import { createFlushControl } from '../../../lib/telemetry/flush-control.ts';
import type { InvokeEvent } from '../../../lib/telemetry/lambda-extension.ts';
import { flushTo } from './flush-target.ts';
import { noteRequests } from './note-requests.ts';
import { startBackend } from './otlp-backend.ts';

/** The control with the extension's events in the test's hands; no gap between them is long. */
async function start() {
  const backend = await startBackend();
  const target = await flushTo(backend.endpoint);
  let flushes = 0;
  const flush: Flush = {
    async flush(withinMs) {
      flushes += 1;
      await target.flush(withinMs);
    },
    written: target.written,
  };
  let onInvoke: ((event: InvokeEvent) => Promise<void>) | undefined;
  let onAsk = () => {};
  const control = createFlushControl({
    mode: 'adaptive',
    extension: {
      run: (invoke, ask) => {
        onInvoke = invoke;
        onAsk = ask;
      },
    },
    flush,
    activity: {},
    warn: () => {},
  });
  return {
    backend,
    target,
    flushes: () => flushes,
    ends: (requestId: string) => control.flush({ requestId, remainingMs: 10_000 }),
    /** Until the extension would ask for its next event. */
    async invoke(requestId: string) {
      await onInvoke?.({ requestId, deadlineMs: Date.now() + 10_000 });
      onAsk();
    },
  };
}

it('an export that overlaps has left before the extension asks, after which a freeze may come', async () => {
  const { backend, target, ends, invoke } = await start();
  const requests = noteRequests(backend.endpoint);
  for (let count = 0; count < 4; count += 1) {
    requests.length = 0;
    target.record();
    await ends(`r-${count}`);
    await invoke(`r-${count}`);
    expect(requests).toHaveLength(3);
    expect(requests.every(({ writableFinished }) => writableFinished)).toBe(true);
  }
});

it('the end of an attempt is not taken for that of Lambda’s retry, which has the same id', async () => {
  const { flushes, ends, invoke } = await start();
  await ends('r-1');
  await invoke('r-1');
  expect(flushes()).toBe(1);
  const retried = invoke('r-1');
  for (let turn = 0; turn < 5; turn += 1) await loopTurn();
  expect(flushes()).toBe(1);
  await ends('r-1');
  await retried;
  expect(flushes()).toBe(2);
});
