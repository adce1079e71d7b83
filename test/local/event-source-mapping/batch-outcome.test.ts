import { DeleteMessageBatchCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { namedError, startMappingBench } from './mapping-bench.ts';

const reporting = { reportBatchItemFailures: true };

describe('batch outcomes', () => {
  it('a successful batch is deleted', async () => {
    const bench = await startMappingBench({}, (invocation) => invocation.answer({}));
    for (const body of ['1', '2', '3']) await bench.send(body);
    bench.map(reporting);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    expect(bench.invocations.flatMap((invocation) => invocation.bodies).sort()).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('a listed record comes back alone, its siblings are deleted', async () => {
    const bench = await startMappingBench({ visibilityTimeoutSeconds: 1 });
    for (const body of ['good', 'bad', 'fine']) await bench.send(body);
    bench.map(reporting);
    await expect.poll(() => bench.invocations.length).toBe(1);
    const [first] = bench.invocations;
    expect(first?.bodies.toSorted()).toEqual(['bad', 'fine', 'good']);
    const bad = first?.records.find((record) => record.body === 'bad');
    first?.answer({ batchItemFailures: [{ itemIdentifier: bad?.messageId }] });
    await expect.poll(() => bench.counters()).toEqual([0, 1, 0]);
    await expect.poll(() => bench.invocations.length, { timeout: 5000 }).toBe(2);
    expect(bench.invocations[1]?.bodies).toEqual(['bad']);
    expect(bench.invocations[1]?.records[0]?.attributes['ApproximateReceiveCount']).toBe('2');
    bench.invocations[1]?.answer(null);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
  });

  it.each([
    ['a function error', (invocation: Call) => invocation.functionError()],
    [
      'an identifier that is in no record',
      (invocation: Call) =>
        invocation.answer({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }),
    ],
    [
      'an invocation that could not be made',
      (invocation: Call) => invocation.reject(namedError('ServiceException')),
    ],
  ])('%s fails the whole batch', async (_, fail) => {
    const bench = await startMappingBench({ visibilityTimeoutSeconds: 1 });
    await bench.send('1');
    await bench.send('2');
    bench.map(reporting);
    await expect.poll(() => bench.invocations.length).toBe(1);
    const first = bench.invocations[0] as Call;
    fail(first);
    await expect
      .poll(
        () =>
          bench.invocations
            .slice(1)
            .flatMap((call) => call.bodies)
            .sort(),
        {
          timeout: 5000,
        },
      )
      .toEqual(['1', '2']);
    for (const call of bench.running()) call.answer(null);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
  });

  it('without ReportBatchItemFailures any answer is a success', async () => {
    const bench = await startMappingBench({}, (invocation) =>
      invocation.answer({ batchItemFailures: [{ itemIdentifier: 'unknown' }] }),
    );
    await bench.send('1');
    bench.map();
    await expect.poll(() => bench.invocations.length).toBe(1);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    expect(bench.warnings).toEqual([]);
  });

  it('deletes again what SQS failed to delete', async () => {
    const bench = await startMappingBench({}, (invocation) => invocation.answer(null));
    for (const body of ['1', '2']) await bench.send(body);
    let deletes = 0;
    bench.client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context['commandName'] !== DeleteMessageBatchCommand.name) return next(args);
        deletes += 1;
        if (deletes > 1) return next(args);
        const { Entries = [] } = args.input as DeleteMessageBatchCommand['input'];
        const Failed = Entries.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
        return { response: {}, output: { $metadata: {}, Failed } };
      },
      { step: 'initialize' },
    );
    bench.map();
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    expect(deletes).toBeGreaterThan(1);
  });
});

describe('throttling', () => {
  it('a throttled batch is tried again, without another receive', async () => {
    let calls = 0;
    const bench = await startMappingBench({}, (invocation) => {
      calls += 1;
      if (calls < 3) invocation.reject(namedError('TooManyRequestsException'));
      else invocation.answer(null);
    });
    await bench.send('1');
    bench.map();
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    expect(
      bench.invocations.map((call) => call.records[0]?.attributes['ApproximateReceiveCount']),
    ).toEqual(['1', '1', '1']);
  });

  it('and given up when its messages become visible', async () => {
    let throttled = true;
    const bench = await startMappingBench({ visibilityTimeoutSeconds: 2 }, (invocation) => {
      if (invocation.records[0]?.attributes['ApproximateReceiveCount'] === '2') throttled = false;
      if (throttled) invocation.reject(namedError('TooManyRequestsException'));
      else invocation.answer(null);
    });
    await bench.send('1');
    bench.map();
    await expect.poll(() => throttled, { timeout: 6000 }).toBe(false);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    expect(bench.warnings).toHaveLength(1);
  });
});

type Call = Awaited<ReturnType<typeof startMappingBench>>['invocations'][number];
