import { afterAll, beforeAll, expect, it } from 'vitest';
import type {
  DeadLetterList,
  Overview,
  RunDetail,
  TaskList,
} from '../../cli/console/console-api.ts';
import { askConsole, postConsole } from '../support/console-request.ts';
import { type EventStream, listenToEvents } from '../support/listen-to-events.ts';
import { startTestStack, type TestStack } from '../support/test-stack.ts';
import { QUEUE } from '../support/test-stack-description.ts';
import { waitUntil } from './lambda/wait-until.ts';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.stop());

const api = (path: string) => `${stack.url}/console/api/${path}`;
const get = async <T>(path: string): Promise<T> => (await askConsole(api(path))).json;
const enqueue = async (payload: object): Promise<string> => {
  const reply = await postConsole(api('enqueue'), { task: 'process_payment', payload });
  expect(reply.status).toBe(200);
  return reply.json.id;
};
const untilRun = (id: string, state: string) =>
  waitUntil(
    `the run to be ${state}`,
    async () => {
      const run = await get<RunDetail>(`runs/${id}`);
      return run.state === state && isWhole(run) && run;
    },
    30_000,
  );

/** Its state is known from its lines; the spans and log records of its attempts come later. */
function isWhole({ attemptList, logs, trace }: RunDetail): boolean {
  const spanIds = new Set(trace?.spans.map(({ spanId }) => spanId));
  return attemptList.every(
    ({ spanId = '', attempt }) =>
      spanIds.has(spanId) &&
      logs.some((log) => log.attempt === attempt && log.message === 'task starting'),
  );
}

it('shows what the stack is, and payloads that its tasks take', async () => {
  expect(await get('settings')).toEqual({
    source: 'local',
    title: 'local',
    telemetry: true,
    tasks: ['process_order', 'process_payment'],
    queues: ['default'],
    version: expect.any(String),
    maxRuns: 10_000,
  });
  expect(await get('contracts')).toMatchObject({
    contracts: [
      { task: 'process_order', http: true },
      {
        task: 'process_payment',
        schema: { required: ['payment_id', 'amount'] },
        samples: expect.arrayContaining([
          { name: 'flaky', payload: { payment_id: 'flaky-1', amount: 10 } },
        ]),
      },
    ],
  });
});

it('shows a flaky payment with its three attempts, their delays, their lines and one trace', async () => {
  const id = await enqueue({ payment_id: 'flaky-1', amount: 5 });
  // At once, before anything is known of it but that it was sent.
  expect(await get(`runs/${id}`)).toMatchObject({ id, task: 'process_payment', queue: 'default' });

  const run = await untilRun(id, 'completed');
  expect(run).toMatchObject({ attempts: 3, error: { type: 'GatewayTimeout' } });
  expect(run.attemptList.map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
    [1, 'retry'],
    [2, 'retry'],
    [3, 'completed'],
  ]);
  for (const [index, { delaySeconds, error }] of run.attemptList.slice(0, 2).entries()) {
    expect(error?.stack).toMatch(/GatewayTimeout: .*\n +at chargeCard \(functions\/tasks/);
    // What the worker chose is what was waited.
    const next = run.attemptList[index + 1]?.delayBeforeMs ?? 0;
    expect(next).toBeGreaterThan(Number(delaySeconds) * 1_000 - 100);
  }
  expect(run.logs.filter(({ message }) => message === 'task starting')).toHaveLength(3);
  expect(run.logs.find(({ message }) => message === 'payment charged')).toMatchObject({
    level: 'info',
    attempt: 3,
    attributes: { 'payment.id': 'flaky-1' },
  });

  const legs = run.trace?.spans.map(({ name, leg, attempt }) => [name, leg, attempt]);
  expect(legs?.slice(0, 3)).toEqual([
    ['POST /tasks/{task}', 'http', undefined],
    ['send default', 'queue', undefined],
    ['process default', 'worker', 1],
  ]);
  expect(legs).toContainEqual(['send_confirmation', 'worker', 3]);
  expect(run.trace?.waits.map(({ kind, attempt }) => [kind, attempt])).toEqual([
    ['queue', 1],
    ['backoff', 2],
    ['backoff', 3],
  ]);
  const { tasks } = await get<TaskList>('tasks');
  expect(tasks[0]).toMatchObject({ task: 'process_payment', retried: 2, completed: 1 });
  expect(tasks[0]?.sparkline).toHaveLength(60);
  // Registered, and not run yet.
  expect(tasks[1]).toMatchObject({ task: 'process_order', queue: 'default', started: 0 });
  expect(tasks[1]?.sparkline).toEqual(Array(60).fill(0));
  expect(tasks[1]).not.toHaveProperty('lastAt');
});

it('tells a page what happens, in steps and not all over again', async () => {
  const stream = await listenToEvents(api('events'));
  const before = await get<Overview>('overview');
  expect(before.queues[0]).toMatchObject({
    name: 'default',
    sqsName: QUEUE,
    fifo: false,
    workers: [{}],
  });
  const id = await enqueue({ payment_id: 'p-1', amount: 5 });

  await waitUntil('its end', () => statesOf(stream, id).includes('completed'));
  await waitUntil('its row', () => stream.of('tasks').some(({ tasks }) => tasks.length === 1));
  await waitUntil('three readings', () => stream.of('overview').length >= 3);
  const times = stream.of('overview').map(({ queues }) => queues[0]?.point?.[0]);
  expect(new Set(times).size).toBe(times.length);
  expect(JSON.stringify(stream.of('overview').at(-1)).length).toBeLessThan(1_000);
  const { history } = (await get<Overview>('overview')).queues[0] ?? {};
  expect(history?.map(([time]) => time)).toEqual(expect.arrayContaining(times.slice(0, -1)));
});

it('gives a page that comes back what it missed', async () => {
  const stream = await listenToEvents(api('events?topics=runs'));
  const first = await enqueue({ payment_id: 'p-2', amount: 5 });
  await waitUntil('its end', () => statesOf(stream, first).includes('completed'));
  stream.leave();
  const missed = await enqueue({ payment_id: 'p-3', amount: 5 });
  await untilRun(missed, 'completed');

  const again = await listenToEvents(api('events?topics=runs'), stream.events.at(-1)?.id);
  await waitUntil('what it missed', () => statesOf(again, missed).includes('completed'));
  expect(again.of('reset')).toEqual([]);
});

function statesOf(stream: EventStream, id: string): string[] {
  const runs = stream.of('runs').flatMap((update) => update.runs);
  return runs.filter((run) => run.id === id).map(({ state }) => state);
}

it('shows depth that climbs when the workers stop, and that they did', async () => {
  const mapping = stack.eventSourceMappings.get(QUEUE);
  await mapping?.disable();
  const stream = await listenToEvents(api('events?topics=overview'));
  const ids = [];
  for (const number of [1, 2, 3])
    ids.push(await enqueue({ payment_id: `wait-${number}`, amount: 1 }));
  const newest = () => stream.of('overview').at(-1)?.queues[0];
  await waitUntil(
    'the depth',
    () => newest()?.depth === 3 && newest()?.workers[0]?.enabled === false,
  );
  await waitUntil('their age', () => (newest()?.oldestAgeSeconds ?? 0) >= 1);
  mapping?.enable();
  for (const id of ids) await untilRun(id, 'completed');
  await waitUntil(
    'their end',
    () => newest()?.depth === 0 && newest()?.workers[0]?.enabled === true,
  );
  expect(newest()?.oldestAgeSeconds).toBeUndefined();
});

it('lists a dead letter without its payload, shows it when asked, and redrives it', async () => {
  const id = await enqueue({ payment_id: 'declined-1', amount: 5 });
  await untilRun(id, 'dead');
  const { letters, total } = await get<DeadLetterList>('dead-letters/default');
  expect(total).toBe(1);
  expect(letters[0]).toMatchObject({
    id,
    task: 'process_payment',
    attempts: 1,
    error: { type: 'NonRetryableError', message: expect.stringContaining('declined') },
    traceId: expect.any(String),
  });
  expect(JSON.stringify(letters)).not.toContain('"payload"');
  const messageId = String(letters[0]?.messageId);
  const shown = await get<DeadLetterList>(`dead-letters/default?payload=${messageId}`);
  expect(shown.letters[0]?.payload).toEqual({ payment_id: 'declined-1', amount: 5 });

  const redriven = await postConsole(api('dead-letters/default/redrive'), { ids: [messageId] });
  expect(redriven.json).toEqual({ redriven: 1, failed: [] });
  await waitUntil('its second life', async () => {
    const run = await get<RunDetail>(`runs/${id}`);
    return run.attemptList.length === 2 && run.state === 'dead';
  });
  const gone = await postConsole(api('dead-letters/default/redrive'), { ids: [messageId] });
  expect(gone.json).toMatchObject({ redriven: 0, failed: [{ messageId }] });

  const all = await postConsole(api('dead-letters/default/redrive'), {});
  expect(all.json).toMatchObject({ redriven: 1 });
  await waitUntil('its third life', async () => {
    return (await get<RunDetail>(`runs/${id}`)).attemptList.length === 3;
  });
  await waitUntil('the dead letter', async () => {
    return (await get<DeadLetterList>('dead-letters/default')).total === 1;
  });
  const purged = await postConsole(api('dead-letters/default/purge'), { confirm: 'default' });
  expect(purged.json).toEqual({ purged: 1 });
  expect((await get<DeadLetterList>('dead-letters/default')).letters).toEqual([]);
});

it('leaves every other path to the HTTP API', async () => {
  expect((await stack.post('process_order', { order_id: 'o-1' })).status).toBe(202);
  const { status, headers } = await askConsole(`${stack.url}/console`);
  expect([status, headers['apigw-requestid']]).toEqual([404, expect.any(String)]);
});

it('shows that a task runs before its function has sent any telemetry of it', async () => {
  const id = await enqueue({ payment_id: 'slow-1', amount: 5 });
  const run = await waitUntil(
    'the run to be running',
    async () => {
      const detail = await get<RunDetail>(`runs/${id}`);
      return detail.state === 'running' && detail;
    },
    2_000,
  );
  expect(run).toMatchObject({
    attempts: 1,
    startedAt: expect.any(Number),
    attemptList: [{ attempt: 1, outcome: 'running' }],
  });
  expect(stack.telemetry.logs().some(({ attributes }) => attributes['task.id'] === id)).toBe(false);

  // The same attempt, and not one more, once its invocation's end has cut it off.
  const cutOff = await untilRun(id, 'retrying');
  expect(cutOff.attemptList).toMatchObject([{ attempt: 1, outcome: 'unfinished' }]);
  expect(cutOff.logs.filter(({ message }) => message === 'task starting')).toHaveLength(1);
});
