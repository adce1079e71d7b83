import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { startSchedules } from '../../../local/schedules/start-schedules.ts';

const START = Date.UTC(2026, 0, 15, 12, 0, 0);

beforeEach(() => {
  vi.useFakeTimers({ now: START });
});
afterEach(() => {
  vi.useRealTimers();
});

const account = { region: 'us-east-1', accountId: '000000000000' };
const depth = {
  name: 'depth',
  expression: 'rate(10 seconds)',
  targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:sample-queue-depth',
  input: () => '{"time":"<aws.scheduler.scheduled-time>"}',
};

function start(runTarget: () => Promise<unknown> = async () => {}, schedule = depth) {
  const events: string[] = [];
  const warnings: string[] = [];
  const schedules = startSchedules([schedule], {
    runTarget(targetArn, event) {
      events.push(`${targetArn.split(':').at(-1)} ${event}`);
      return runTarget();
    },
    addresses: { queueUrl: (name) => name },
    account,
    onWarning: (message) => warnings.push(message),
  });
  onTestFinished(() => schedules.stop());
  return { events, warnings, schedules };
}

const run = (time: string) => `sample-queue-depth {"time":"2026-01-15T${time}Z"}`;

it('runs every 10 s with the time it was due, in RFC 3339', async () => {
  const { events } = start();
  await vi.advanceTimersByTimeAsync(9_999);
  expect(events).toEqual([]);
  await vi.advanceTimersByTimeAsync(20_001);
  expect(events).toEqual([run('12:00:10'), run('12:00:20'), run('12:00:30')]);
});

it('names the time that a run was due when its timer is late', async () => {
  const { events } = start();
  vi.setSystemTime(START + 3_200);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(events).toEqual([run('12:00:10')]);
});

it('is not kept from its next run by one that hangs', async () => {
  const { events } = start(() => new Promise(() => {}));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(events).toHaveLength(3);
});

it('warns of a run that failed, and goes on', async () => {
  const { events, warnings } = start(async () => {
    throw new Error('no instance');
  });
  await vi.advanceTimersByTimeAsync(20_000);
  expect(events).toHaveLength(2);
  expect(warnings).toEqual(['Schedule depth: no instance', 'Schedule depth: no instance']);
});

it('ends at once, without a word about the run that the end cuts off', async () => {
  let cutOff = (_: Error): void => {};
  const { events, warnings, schedules } = start(
    () =>
      new Promise((_, reject) => {
        cutOff = reject;
      }),
  );
  await vi.advanceTimersByTimeAsync(10_000);
  schedules.stop();
  cutOff(new Error('The local Lambda service was stopped'));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(events).toHaveLength(1);
  expect(warnings).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

it('does a run that the clock leapt over once, late, and goes on from there', async () => {
  const { events } = start();
  vi.setSystemTime(START + 3_600_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(events).toEqual([run('12:00:10'), run('13:00:10')]);
});

it('goes on at its rate when the clock is set back', async () => {
  const { events } = start();
  await vi.advanceTimersByTimeAsync(10_000);
  vi.setSystemTime(START - 86_400_000);
  await vi.advanceTimersByTimeAsync(21_000);
  expect(events).toHaveLength(3);
});

it('runs nothing twice when the clock goes back by less than a second', async () => {
  const { events } = start();
  await vi.advanceTimersByTimeAsync(10_100);
  vi.setSystemTime(START + 9_500);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(events).toEqual([run('12:00:10')]);
});

it('warns of a schedule that cannot be run here, and runs the others', () => {
  const odd = { ...depth, name: 'odd', expression: 'cron(0 3 ? * SAT-MON *)' };
  expect(start(undefined, odd).warnings).toEqual([
    expect.stringMatching(/^Schedule odd is not run: Invalid Schedule Expression cron\(0 3 /),
  ]);
});

it('fills in what Scheduler knows of a run, and leaves other text alone', async () => {
  const input = () =>
    '<aws.scheduler.schedule-arn> <aws.scheduler.attempt-number> <aws.scheduler.execution-id> <aws.scheduler.other>';
  const { events } = start(undefined, { ...depth, input });
  await vi.advanceTimersByTimeAsync(20_000);
  const [first = '', second = ''] = events;
  expect(first).toMatch(
    /^sample-queue-depth arn:aws:scheduler:us-east-1:0{12}:schedule\/default\/depth 1 [0-9a-f]{32} <aws\.scheduler\.other>$/,
  );
  expect(second).not.toBe(first);
});
