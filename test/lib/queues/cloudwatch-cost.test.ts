import type { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { expect, it } from 'vitest';
import type { AwsClients } from '../../../lib/queues/aws-clients.ts';
import { planFigures } from '../../../lib/queues/plan-figures.ts';
import { type FigureQueue, readFigures } from '../../../lib/queues/read-figures.ts';

/** CloudWatch's price of GetMetricData, by the metric asked for. */
const DOLLARS_A_METRIC = 0.01 / 1_000;
const MINUTE = 60_000;

/** Counts what a call asks for, as AWS's bill does. Over real HTTP a month takes a minute. */
function countingCloudWatch(value: number) {
  let asked = 0;
  const send = async ({ input }: GetMetricDataCommand) => {
    const queries = input.MetricDataQueries ?? [];
    asked += queries.length;
    const Timestamps = [input.StartTime];
    return { MetricDataResults: queries.map(({ Id }) => ({ Id, Timestamps, Values: [value] })) };
  };
  const clients = { cloudWatch: async () => ({ send }) } as unknown as AwsClients;
  return { clients, asked: () => asked };
}

/** What the runs of a month ask for, in dollars. */
async function monthlyDollars(days: number, queue: Partial<FigureQueue>, value: number) {
  const { clients, asked } = countingCloudWatch(value);
  const queues = [{ name: 'q', sqsName: 'app-q', worker: 'process-q', busy: true, ...queue }];
  const start = Date.UTC(2026, 2, 1, 0, 0, 13);
  for (let minute = 0; minute < days * 1_440; minute += 1) {
    const plan = planFigures({ atMs: start + minute * MINUTE });
    await readFigures(queues, plan, clients, { limit: (call) => call() });
  }
  return asked() * DOLLARS_A_METRIC;
}

it.each([30, 31])('a queue that is busy for all of %i days costs under $1.10', async (days) => {
  const dollars = await monthlyDollars(days, { visible: 100 }, 1);
  expect(dollars).toBeLessThan(1.1);
  // An age each minute and 7 figures every 5 minutes: it did ask.
  expect(dollars).toBeCloseTo(days * (1_440 + 7 * 288) * DOLLARS_A_METRIC, 6);
});

it.each([30, 31])('a queue that is idle for all of %i days costs under $0.07', async (days) => {
  const dollars = await monthlyDollars(days, { busy: false, visible: 0 }, 0);
  expect(dollars).toBeLessThan(0.07);
  expect(dollars).toBeCloseTo(days * 96 * DOLLARS_A_METRIC, 6);
});
