import { afterEach, expect, it, vi } from 'vitest';
import { createReadLimits } from '../../../lib/queues/call-limit.ts';
import { createListQueues } from '../../../lib/queues/list-queues.ts';
import { startAws, type TestAws } from '../../support/aws-stand-in/start-aws.ts';

afterEach(() => void vi.useRealTimers());

async function start(queues: readonly string[], prefix = 'app-') {
  const aws = await startAws();
  for (const name of queues) aws.queues.set(name, {});
  return { aws, ...listOf(aws, prefix) };
}

function listOf({ clients }: TestAws, prefix: string) {
  const problems: string[] = [];
  const list = createListQueues({
    source: { prefix },
    clients,
    limit: createReadLimits().sqs,
    onProblem: (message) => void problems.push(message),
  });
  return {
    listQueues: list,
    list: async () => (await list()).queues,
    problems,
    names: async () => (await list()).queues.map(({ name }) => name),
  };
}

/** As if so much time had passed. */
function pass(ms: number) {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

it('has the queues of QUEUES as they stand there, and asks AWS for nothing', async () => {
  const aws = await startAws();
  const url = 'https://sqs.eu-west-1.amazonaws.com/123456789012/app-default';
  const queue = { url, dlqUrl: `${url}-dlq`, worker: 'process-tasks', mapping: 'a-b' };
  const list = createListQueues({
    source: { queues: { default: queue } },
    clients: aws.clients,
    limit: createReadLimits().sqs,
    onProblem: () => {},
  });
  const { queues } = await list();
  expect(queues).toEqual([{ ...queue, name: 'default', sqsName: 'app-default' }]);
  expect(aws.calls).toEqual([]);
});

it('finds every queue below the prefix, page after page, by its name without it', async () => {
  const { aws, names } = await start(['app-a', 'app-b', 'app-c', 'app-d', 'app-e', 'other-a']);
  aws.pages.queues = 2;
  expect(await names()).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(aws.count('ListQueues')).toBe(3);
});

it('names a FIFO queue without .fifo, as QUEUES does, unless a standard queue has that name', async () => {
  const { names } = await start(['app-orders.fifo', 'app-mail', 'app-mail.fifo']);
  expect(await names()).toEqual(['orders', 'mail', 'mail.fifo']);
});

it('finds the worker of a queue by its mapping, page after page', async () => {
  const { aws, list } = await start(['app-a', 'app-b', 'app-c']);
  aws.pages.mappings = 1;
  aws.mappings.push(
    { uuid: 'm-a', queue: 'app-a', worker: 'process-a' },
    { uuid: 'm-b', queue: 'app-b', worker: 'process-b:live', state: 'Disabled' },
    { uuid: 'm-x', queue: 'other', worker: 'process-x' },
  );
  const [a, b, c] = await list();
  expect(a).toMatchObject({ worker: 'process-a', mapping: 'm-a' });
  // A disabled mapping is what health has to tell of.
  expect(b).toMatchObject({ worker: 'process-b', mapping: 'm-b' });
  expect(c).not.toHaveProperty('worker');
  expect(aws.count('ListEventSourceMappings')).toBe(3);
});

it.each([
  ['first', ['Disabled', 'Enabled'], 'm-1'],
  ['last', ['Enabled', 'Disabled'], 'm-0'],
])(
  'of several mappings takes one that is not disabled, where that comes %s',
  async (_, states, mapping) => {
    const { aws, list } = await start(['app-a']);
    for (const [index, state] of states.entries()) {
      aws.mappings.push({ uuid: `m-${index}`, queue: 'app-a', worker: `process-${index}`, state });
    }
    expect(await list()).toMatchObject([{ mapping }]);
  },
);

it('asks once in 5 minutes, also when many want to know at the same time', async () => {
  const { aws, names } = await start(['app-a']);
  await Promise.all([names(), names(), names()]);
  aws.queues.set('app-b', {});
  pass(4 * 60_000);
  expect(await names()).toEqual(['a']);
  expect(aws.count('ListQueues')).toBe(1);
  pass(5 * 60_000);
  expect(await names()).toEqual(['a', 'b']);
  expect(aws.count('ListQueues')).toBe(2);
});

it('goes on with the queues found last where SQS does not list them any more', async () => {
  const { aws, names, problems } = await start(['app-a']);
  await names();
  aws.fail('ListQueues', 'deny');
  pass(5 * 60_000);
  expect(await names()).toEqual(['a']);
  expect(problems).toEqual(['queues could not be listed']);
  aws.mend('ListQueues');
  aws.queues.set('app-b', {});
  // What fails is not asked for by every sample and every probe.
  expect(await names()).toEqual(['a']);
  pass(30_000);
  expect(await names()).toEqual(['a', 'b']);
});

it('throws where SQS never listed them, and asks again the next time', async () => {
  const { aws, names } = await start(['app-a']);
  aws.fail('ListQueues', 'deny', { times: 1 });
  await expect(names()).rejects.toThrow('not authorized');
  expect(await names()).toEqual(['a']);
});

it('a denied Lambda costs the workers alone', async () => {
  const { aws, list, problems } = await start(['app-a']);
  aws.fail('ListEventSourceMappings', 'deny');
  expect(await list()).toMatchObject([{ name: 'a', sqsName: 'app-a' }]);
  expect(problems).toEqual(['workers could not be listed']);
});

it('a throttled listing is tried again', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const { aws, list, problems } = await start(['app-a']);
  aws.mappings.push({ uuid: 'm', queue: 'app-a', worker: 'process-a' });
  aws.fail('ListQueues', 'throttle', { times: 4 });
  aws.fail('ListEventSourceMappings', 'throttle', { times: 4 });
  expect(await list()).toMatchObject([{ name: 'a', worker: 'process-a' }]);
  expect(problems).toEqual([]);
});

it('goes on with the workers known before where only Lambda fails, and asks again in 30 s', async () => {
  const { aws, list, listQueues } = await start(['app-a']);
  aws.mappings.push({ uuid: 'm', queue: 'app-a', worker: 'process-a' });
  await list();
  aws.fail('ListEventSourceMappings', 'deny');
  pass(5 * 60_000);
  const { queues, workersError } = await listQueues();
  expect(queues).toMatchObject([{ name: 'a', worker: 'process-a', mapping: 'm' }]);
  expect(workersError).toMatchObject({ name: 'AccessDeniedException' });
  aws.mend('ListEventSourceMappings');
  pass(30_000);
  expect((await listQueues()).workersError).toBeUndefined();
});

it('a Lambda that hangs leaves the queues half of the time', async () => {
  const { aws, listQueues } = await start(['app-a']);
  aws.fail('ListEventSourceMappings', 'hang');
  const deadline = performance.now() + 400;
  const { queues, workersError } = await listQueues(deadline);
  expect(queues).toMatchObject([{ name: 'a' }]);
  expect(workersError).toMatchObject({ name: 'ReadTimeout' });
  expect(performance.now()).toBeLessThan(deadline);
});

it('with queues to go on with, a listing that hangs takes a quarter of the time', async () => {
  const { aws, names, listQueues } = await start(['app-a']);
  await names();
  aws.fail('ListQueues', 'hang');
  pass(5 * 60_000);
  const before = performance.now();
  const { queues } = await listQueues(before + 800);
  expect(queues).toMatchObject([{ name: 'a' }]);
  expect(performance.now() - before).toBeLessThan(700);
});
