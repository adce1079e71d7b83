import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
} from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProducerBench, startProducerBench } from '../../lib/producer/producer-bench.ts';
import {
  GROUP,
  ROLE_ARN,
  type SchedulerBench,
  startSchedulerBench,
} from '../../lib/producer/scheduler-bench.ts';

let sqs: ProducerBench;
let url = '';
let bench: SchedulerBench;
beforeAll(async () => {
  sqs = await startProducerBench();
});
beforeEach(async () => {
  url = await sqs.createQueue();
  bench = await startSchedulerBench(sqs, new Date('2026-11-26T12:00:30Z'));
});
afterAll(() => sqs.stop());

const ARN = 'arn:aws:scheduler:us-east-1:000000000000:schedule';

/** What a test may leave out or want otherwise of a schedule of the queue. */
const create = (input: Partial<CreateScheduleCommandInput> = {}) =>
  bench.client.send(
    new CreateScheduleCommand({
      Name: 'once',
      GroupName: GROUP,
      ScheduleExpression: 'at(2026-11-26T13:00:00)',
      ActionAfterCompletion: 'DELETE',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1)}`,
        RoleArn: ROLE_ARN,
        Input: 'the message',
      },
      ...input,
    }),
  );
const get = (Name = 'once', GroupName: string | undefined = GROUP) =>
  bench.client.send(new GetScheduleCommand({ Name, GroupName }));

describe('CreateSchedule', () => {
  it('runs once, and is gone', async () => {
    expect((await create()).ScheduleArn).toBe(`${ARN}/${GROUP}/once`);
    bench.setTime(new Date('2026-11-26T13:00:00Z'));
    await expect
      .poll(() => sqs.receive(url), { timeout: 5_000 })
      .toMatchObject([{ Body: 'the message' }]);
    await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  it('is kept after its run unless it says DELETE', async () => {
    await create({ ActionAfterCompletion: 'NONE' });
    bench.setTime(new Date('2026-11-26T13:00:00Z'));
    await expect.poll(() => sqs.receive(url), { timeout: 5_000 }).toHaveLength(1);
    expect((await get()).Name).toBe('once');
  });

  it('takes the same request twice, by its client token', async () => {
    await create({ ClientToken: 'a' });
    expect((await create({ ClientToken: 'a' })).ScheduleArn).toBe(`${ARN}/${GROUP}/once`);
    await expect(create({ ClientToken: 'b' })).rejects.toMatchObject({ name: 'ConflictException' });
    expect(bench.schedules()).toHaveLength(1);
  });

  it.each<[string, Partial<CreateScheduleCommandInput>, string, string]>([
    [
      'a group that is not there',
      { GroupName: 'x' },
      'ResourceNotFoundException',
      'Schedule group x',
    ],
    [
      'a time that is over',
      { ScheduleExpression: 'at(2026-11-26T12:00:00)' },
      'ValidationException',
      'it is over',
    ],
    [
      'no expression',
      { ScheduleExpression: 'soon' },
      'ValidationException',
      'Invalid Schedule Expression soon',
    ],
    [
      'seconds',
      { ScheduleExpression: 'rate(10 seconds)' },
      'ValidationException',
      'rate(10 seconds)',
    ],
    [
      'an unknown time zone',
      { ScheduleExpressionTimezone: 'Berlin' },
      'ValidationException',
      'Berlin',
    ],
    ['a bad name', { Name: 'a b' }, 'ValidationException', 'Name a b'],
    [
      'a flexible window',
      { FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 } },
      'ValidationException',
      'FlexibleTimeWindow',
    ],
    [
      'a target that is not here',
      { Target: { Arn: 'arn:aws:sns:us-east-1:000000000000:t', RoleArn: ROLE_ARN } },
      'ValidationException',
      'Target arn:aws:sns',
    ],
    [
      'no role',
      { Target: { Arn: 'arn:aws:sqs:us-east-1:000000000000:q', RoleArn: 'nobody' } },
      'ValidationException',
      'RoleArn nobody',
    ],
  ])('refuses %s', async (_, input, name, message) => {
    await expect(create(input)).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
    expect(bench.schedules()).toEqual([]);
  });
});

it('GetSchedule tells what was made', async () => {
  await create();
  expect(await get()).toMatchObject({
    Arn: `${ARN}/${GROUP}/once`,
    GroupName: GROUP,
    Name: 'once',
    State: 'ENABLED',
    ScheduleExpression: 'at(2026-11-26T13:00:00)',
    ScheduleExpressionTimezone: 'UTC',
    ActionAfterCompletion: 'DELETE',
    CreationDate: new Date('2026-11-26T12:00:30Z'),
    Target: { RoleArn: ROLE_ARN, Input: 'the message' },
  });
  await expect(get('once', 'default')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

it('DeleteSchedule ends it, and refuses one that is not there', async () => {
  await create();
  const gone = () =>
    bench.client.send(new DeleteScheduleCommand({ Name: 'once', GroupName: GROUP }));
  await gone();
  expect(bench.schedules()).toEqual([]);
  await expect(gone()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

it('ListSchedules lists by group and prefix, in pages', async () => {
  for (const Name of ['a-1', 'a-2', 'a-3', 'b-1']) await create({ Name });
  await create({ Name: 'a-4', GroupName: 'default' });
  const names: (string | undefined)[][] = [];
  let NextToken: string | undefined;
  do {
    const page = await bench.client.send(
      new ListSchedulesCommand({ GroupName: GROUP, NamePrefix: 'a-', MaxResults: 2, NextToken }),
    );
    names.push((page.Schedules ?? []).map(({ Name }) => Name));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && names.length < 9);
  expect(names).toEqual([['a-1', 'a-2'], ['a-3']]);
});

it.each([
  ['PUT', '/schedules/once', '{}', 404],
  ['GET', '/schedules/once/more', undefined, 404],
  ['POST', '/schedules/once', 'no JSON', 400],
  ['GET', '/schedules/%E0%A4%A', undefined, 400],
])('refuses %s %s with the body %s', async (method, path, body, status) => {
  const response = await fetch(bench.endpoint + path, { method, ...(body && { body }) });
  expect(response.status).toBe(status);
});
