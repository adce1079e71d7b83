import { ValidationException } from '@aws-sdk/client-cloudwatch';
import { describe, expect, it } from 'vitest';
import { MINUTE, query, startCloudWatchBench } from './cloudwatch-bench.ts';

const ORDERS = { namespace: 'Shop', metricName: 'Orders', dimensions: {} };

describe('GetMetricData', () => {
  it('gives each statistic of a period with its timestamp', async () => {
    const { store, get } = await startCloudWatchBench();
    for (const value of [4, 1, 7]) store.put(ORDERS, value, MINUTE + value * 1000);
    const statistics = { Sum: 12, Average: 4, Minimum: 1, Maximum: 7, SampleCount: 3 };
    const ids = Object.keys(statistics).map((Stat) => query(Stat.toLowerCase(), Stat));
    const { MetricDataResults = [], Messages, NextToken } = await get(ids);
    expect(MetricDataResults).toMatchObject(
      Object.entries(statistics).map(([Stat, value]) => ({
        Id: Stat.toLowerCase(),
        Label: 'Orders',
        StatusCode: 'Complete',
        Timestamps: [new Date(MINUTE)],
        Values: [value],
      })),
    );
    expect(Messages).toEqual([]);
    expect(NextToken).toBeUndefined();
  });

  it('gives the newest first unless it is asked for otherwise', async () => {
    const { store, get } = await startCloudWatchBench();
    for (const minute of [0, 1, 2]) store.put(ORDERS, minute, MINUTE + minute * 60_000);
    const values = async (ScanBy: 'TimestampAscending' | undefined) =>
      (await get([query('a')], { ScanBy })).MetricDataResults?.[0]?.Values;
    expect(await values(undefined)).toEqual([2, 1, 0]);
    expect(await values('TimestampAscending')).toEqual([0, 1, 2]);
  });

  it('gives a period of one second, down to the datapoint', async () => {
    const { store, get } = await startCloudWatchBench();
    for (const second of [0, 3, 4]) store.put(ORDERS, second, MINUTE + second * 1000 + 999);
    const { MetricDataResults } = await get([query('a', 'Sum', {}, 1)]);
    expect(MetricDataResults?.[0]?.Timestamps).toEqual(
      [0, 3, 4].map((second) => new Date(MINUTE + second * 1000)),
    );
  });

  it('has an empty result for what it does not know, and for another unit', async () => {
    const { store, get } = await startCloudWatchBench();
    store.put(ORDERS, 1, MINUTE, 'Count');
    const other = query('unit');
    const asked = [
      query('namespace', 'Sum', { namespace: 'Nobody' }),
      query('dimension', 'Sum', { dimensions: { QueueName: 'x' } }),
      { ...other, MetricStat: { ...other.MetricStat, Unit: 'Seconds' } },
      { ...query('same'), MetricStat: { ...other.MetricStat, Unit: 'Count' } },
    ];
    const { MetricDataResults = [] } = await get(asked as never);
    expect(MetricDataResults.map(({ Values }) => Values)).toEqual([[], [], [], [1]]);
    expect(new Set(MetricDataResults.map(({ StatusCode }) => StatusCode))).toEqual(
      new Set(['Complete']),
    );
  });

  it('leaves out what is not to be returned', async () => {
    const { get } = await startCloudWatchBench();
    const { MetricDataResults = [] } = await get([
      { ...query('a'), ReturnData: false },
      { ...query('b'), Label: 'named' },
    ]);
    expect(MetricDataResults.map(({ Id, Label }) => [Id, Label])).toEqual([['b', 'named']]);
  });

  it.each(['TimestampAscending', 'TimestampDescending'] as const)(
    'pages %s: every datapoint once, partial until it is complete',
    async (ScanBy) => {
      const { store, get } = await startCloudWatchBench();
      for (let minute = 0; minute < 7; minute++)
        store.put(ORDERS, minute, MINUTE + minute * 60_000);
      const queries = [query('a'), query('empty', 'Sum', { metricName: 'x' }), query('b')];
      const values: Record<string, number[]> = {};
      const statuses: Record<string, string> = {};
      let token: string | undefined;
      let pages = 0;
      do {
        const page = await get(queries, { ScanBy, MaxDatapoints: 3, NextToken: token });
        for (const { Id = '', Values = [], StatusCode = '' } of page.MetricDataResults ?? []) {
          expect(statuses[Id]).not.toBe('Complete');
          values[Id] = [...(values[Id] ?? []), ...Values];
          statuses[Id] = StatusCode;
        }
        token = page.NextToken;
        pages += 1;
        // A newer datapoint moves nothing in the pages to come.
        if (ScanBy === 'TimestampDescending') store.put(ORDERS, 99, MINUTE + (10 + pages) * 60_000);
      } while (token !== undefined && pages < 20);
      const ascending = [0, 1, 2, 3, 4, 5, 6];
      const seen = (id: string) => values[id]?.filter((value) => value < 99);
      const expected = ScanBy === 'TimestampAscending' ? ascending : ascending.toReversed();
      expect(values['a']).toEqual(expected);
      expect(seen('b')).toEqual(expected);
      expect(values['empty']).toEqual([]);
      expect(statuses).toEqual({ a: 'Complete', empty: 'Complete', b: 'Complete' });
    },
  );

  it.each([
    [
      'over 500 queries',
      { MetricDataQueries: Array.from({ length: 501 }, (_, i) => query(`q${i}`)) },
    ],
    ['the same id twice', { MetricDataQueries: [query('a'), query('a', 'Maximum')] }],
    ['an id that begins with a capital', { MetricDataQueries: [query('Sent')] }],
    ['an id with a hyphen', { MetricDataQueries: [query('sent-1')] }],
    ['a period of 7 s', { MetricDataQueries: [query('a', 'Sum', {}, 7)] }],
    ['a period of 90 s', { MetricDataQueries: [query('a', 'Sum', {}, 90)] }],
    ['a statistic that is none', { MetricDataQueries: [query('a', 'constructor')] }],
    ['metric math', { MetricDataQueries: [{ Id: 'a', Expression: 'b * 2' }] }],
    ['a start that is the end', { StartTime: new Date(MINUTE), EndTime: new Date(MINUTE) }],
    ['a start after the end', { StartTime: new Date(MINUTE + 1000), EndTime: new Date(MINUTE) }],
    ['too many datapoints', { MaxDatapoints: 100_801 }],
  ])('refuses %s', async (_, input) => {
    const { get } = await startCloudWatchBench();
    const refused = get([query('a')], input);
    await expect(refused).rejects.toBeInstanceOf(ValidationException);
    await expect(refused).rejects.toMatchObject({ Code: 'ValidationError' });
  });

  it('takes 500 queries', async () => {
    const { get } = await startCloudWatchBench();
    const queries = Array.from({ length: 500 }, (_, index) => query(`q${index}`));
    expect((await get(queries)).MetricDataResults).toHaveLength(500);
  });

  it('refuses a token that it did not give', async () => {
    const { get } = await startCloudWatchBench();
    for (const NextToken of ['x', Buffer.from('{"query":9}').toString('base64url')]) {
      await expect(get([query('a')], { NextToken })).rejects.toMatchObject({
        name: 'InvalidNextToken',
      });
    }
  });
});
