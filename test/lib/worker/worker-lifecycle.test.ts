import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  createLifecycle,
  defineTask,
  implementTask,
  type LifecycleEventName,
  NonRetryableError,
} from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'work', payload: z.string(), retry: { when: () => 60 } });
const error = new Error('x');
const death = new NonRetryableError('x');
const implementation = implementTask(task, async (does, { signal }) => {
  if (does === 'throw') throw error;
  if (does === 'die') throw death;
  if (does === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', reject));
});
const NAMES: LifecycleEventName[] = [
  'taskReceived',
  'taskStarting',
  'taskCompleted',
  'taskRetrying',
  'taskFailed',
  'taskDead',
  'messageRejected',
  'workerReady',
  'workerShuttingDown',
];

/** A lifecycle with the events that it has told. */
function recordedLifecycle() {
  const lifecycle = createLifecycle();
  const events: [LifecycleEventName, unknown][] = [];
  for (const name of NAMES) lifecycle.on(name, (event) => events.push([name, event]));
  return { lifecycle, events };
}

const event = { task: 'work', id: 'task-1', queue: 'default', attempt: 1 };
const durationMs = expect.any(Number);

describe('the events', () => {
  const ready = ['workerReady', { tasks: ['work'] }];
  const received = ['taskReceived', event];
  const starting = ['taskStarting', event];
  it.each([
    ['completed', 'ok', [ready, received, starting, ['taskCompleted', { ...event, durationMs }]]],
    [
      'retry',
      'throw',
      [
        ready,
        received,
        starting,
        ['taskFailed', { ...event, error, durationMs }],
        ['taskRetrying', { ...event, error, delaySeconds: 60 }],
      ],
    ],
    [
      'dead',
      'die',
      [
        ready,
        received,
        starting,
        ['taskFailed', { ...event, error: death, durationMs }],
        ['taskDead', { ...event, error: death }],
      ],
    ],
    ['unfinished', 'hang', [ready, received, starting]],
  ])('of a message that is %s', async (_, payload, expected) => {
    const queue = await bench.createQueue();
    const { lifecycle, events } = recordedLifecycle();
    await queue.send({ id: 'task-1', task: 'work', payload });
    await queue.worker([implementation], { lifecycle }).deliver({ remainingMs: 1_000 });
    expect(events).toEqual(expected);
  });

  it.each([
    ['a body that is no message', 'garbage', 'dead', 'InvalidMessage'],
    ['a payload against the schema', '{"task":"work","payload":7}', 'dead', 'InvalidPayload'],
    ['an unknown task', '{"task":"no","payload":7}', 'retry', 'UnknownTask'],
  ])('of %s', async (_, body, outcome, name) => {
    const queue = await bench.createQueue();
    const { lifecycle, events } = recordedLifecycle();
    const messageId = await queue.send(body);
    await queue.worker([implementation], { lifecycle }).deliver();
    const error = expect.objectContaining({ name });
    expect(events).toMatchObject([
      ['workerReady', {}],
      ['taskReceived', { id: messageId, attempt: 1 }],
      ['messageRejected', { queue: 'default', messageId, attempt: 1, error }],
      ['taskFailed', { id: messageId, error }],
      [outcome === 'dead' ? 'taskDead' : 'taskRetrying', { id: messageId, error }],
    ]);
  });

  it('workerReady comes once an instance, and workerShuttingDown at SIGTERM', async () => {
    const queue = await bench.createQueue();
    const { lifecycle, events } = recordedLifecycle();
    const worker = queue.worker([implementation], { lifecycle });
    await queue.send({ task: 'work', payload: 'ok' });
    const first = await worker.deliver();
    await queue.send({ task: 'work', payload: 'ok' });
    const second = await worker.deliver();
    await worker.shutDown();
    const names = events.map(([name]) => name);
    expect(names.filter((name) => name === 'workerReady')).toHaveLength(1);
    expect(names.at(-1)).toBe('workerShuttingDown');
    expect(events.at(-1)?.[1]).toEqual({ tasks: ['work'] });
    expect(first.logged()).toContain('worker ready');
    expect(second.logged()).not.toContain('worker ready');
    expect((await bench.take()).logged()).toContain('worker shutting down');
  });
});

describe('listeners', () => {
  async function deliverWith(lifecycle: ReturnType<typeof createLifecycle>, remainingMs = 60_000) {
    const queue = await bench.createQueue();
    await queue.send({ task: 'work', payload: 'ok' });
    const delivery = await queue.worker([implementation], { lifecycle }).deliver({ remainingMs });
    expect(delivery.response).toEqual({ batchItemFailures: [] });
    expect(await queue.left()).toBe(0);
    return delivery;
  }

  it('are called in their order, and those that are async are waited for', async () => {
    const lifecycle = createLifecycle();
    const told: string[] = [];
    lifecycle.on('taskCompleted', async () => {
      told.push('first');
      await new Promise(setImmediate);
      told.push('first is done');
    });
    lifecycle.on('taskCompleted', () => told.push('second'));
    await deliverWith(lifecycle);
    expect(told).toEqual(['first', 'second', 'first is done']);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('oops');
      },
    ],
    ['rejects', () => Promise.reject(new Error('oops'))],
  ])('one that %s is logged and changes nothing', async (_, listener) => {
    const { lifecycle, events } = recordedLifecycle();
    for (const name of NAMES) lifecycle.on(name, listener);
    const { logs } = await deliverWith(lifecycle);
    expect(events.map(([name]) => name)).toContain('taskCompleted');
    for (const name of ['taskReceived', 'taskStarting', 'taskCompleted']) {
      expect(logs).toContainEqual(
        expect.objectContaining({
          body: `a listener of ${name} failed`,
          attributes: expect.objectContaining({ 'error.message': 'oops' }),
        }),
      );
    }
  });

  it('one that hangs holds the answer back for a second at most, and less near the end', async () => {
    const lifecycle = createLifecycle();
    lifecycle.on('taskReceived', () => new Promise(() => {}));
    const long = await deliverWith(lifecycle);
    expect(long.elapsedMs).toBeLessThan(1_300);
    expect(long.logged()).toContain('1 listeners did not finish in time');
    const short = await deliverWith(lifecycle, 500);
    expect(short.elapsedMs).toBeLessThan(500);
  });

  it('one that is removed is told nothing more, and the others still are', async () => {
    const lifecycle = createLifecycle();
    const told: string[] = [];
    const remove = lifecycle.on('taskStarting', () => told.push('removed'));
    lifecycle.on('taskStarting', () => told.push('kept'));
    remove();
    remove();
    await deliverWith(lifecycle);
    expect(told).toEqual(['kept']);
  });
});
