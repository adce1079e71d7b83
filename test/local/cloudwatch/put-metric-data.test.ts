import { PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, query, startCloudWatchBench } from './cloudwatch-bench.ts';

describe('PutMetricData', () => {
  it('gives back what was put in each of its forms', async () => {
    const { client, get } = await startCloudWatchBench();
    const datum = {
      MetricName: 'Orders',
      Dimensions: [{ Name: 'Shop', Value: 'a' }],
      Timestamp: new Date(MINUTE),
    };
    await client.send(
      new PutMetricDataCommand({
        Namespace: 'Shop',
        MetricData: [
          { ...datum, Value: 5 },
          { ...datum, Values: [1, 2], Counts: [3, 1] },
          {
            ...datum,
            StatisticValues: { Sum: 100, Minimum: -4, Maximum: 50, SampleCount: 10 },
          },
        ],
      }),
    );
    const of = (id: string, stat: string) => query(id, stat, { dimensions: { Shop: 'a' } });
    const { MetricDataResults = [] } = await get([
      of('sum', 'Sum'),
      of('count', 'SampleCount'),
      of('min', 'Minimum'),
      of('max', 'Maximum'),
    ]);
    expect(MetricDataResults.map(({ Values }) => Values?.[0])).toEqual([110, 15, -4, 50]);
  });

  it('reads a request that the SDK has packed', async () => {
    const { client, get } = await startCloudWatchBench();
    const MetricData = Array.from({ length: 1_000 }, (_, index) => ({
      MetricName: 'Orders',
      Timestamp: new Date(MINUTE + index),
      Value: 1,
    }));
    await client.send(new PutMetricDataCommand({ Namespace: 'Shop', MetricData }));
    expect((await get([query('a')])).MetricDataResults?.[0]?.Values).toEqual([1_000]);
  });

  it.each([
    ["AWS's own namespace", { Namespace: 'AWS/SQS', MetricData: [] }],
    ['three weeks ago', put({ Timestamp: new Date(Date.now() - 21 * 86_400_000), Value: 1 })],
    ['three hours ahead', put({ Timestamp: new Date(Date.now() + 3 * 3_600_000), Value: 1 })],
    ['no value', put({})],
    ['two kinds of value', put({ Value: 1, Values: [1] })],
    ['a value that is no number', put({ Value: Number.NaN })],
  ])('refuses %s', async (_, input) => {
    const { client } = await startCloudWatchBench();
    await expect(client.send(new PutMetricDataCommand(input))).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      Code: 'InvalidParameterValue',
    });
  });

  it('refuses any garbage and breaks on none', async () => {
    const { endpoint } = await startCloudWatchBench();
    const send = async (operation: string, body: string, headers: object = {}) =>
      fetch(endpoint, {
        method: 'POST',
        headers: { 'x-amz-target': `GraniteServiceVersion20100801.${operation}`, ...headers },
        body,
      });
    const input = fc.record(
      {
        Namespace: fc.oneof(fc.constant('Shop'), fc.jsonValue()),
        MetricData: fc.jsonValue({ maxDepth: 3 }),
        MetricDataQueries: fc.jsonValue({ maxDepth: 3 }),
        StartTime: fc.jsonValue(),
        EndTime: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('PutMetricData', 'GetMetricData', 'Other'),
        fc.oneof(
          input.map((value) => JSON.stringify(value)),
          fc.string(),
        ),
        async (operation, body) => {
          const response = await send(operation, body);
          await response.arrayBuffer();
          expect([200, 400]).toContain(response.status);
        },
      ),
      { numRuns: 200 },
    );
    const packed = await send('PutMetricData', 'not packed', { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(400);
  });
});

function put(datum: object): never {
  return { Namespace: 'Shop', MetricData: [{ MetricName: 'Orders', ...datum }] } as never;
}
