import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resolveSendTime } from '../../../lib/producer/send-time.ts';

const place = 'https://sqs.eu-west-1.amazonaws.com/123456789012';
const standard = { name: 'default', url: `${place}/app`, sqsName: 'app', fifo: false };
const fifo = { name: 'line', url: `${place}/app.fifo`, sqsName: 'app.fifo', fifo: true };
const time = (text: string) => new Date(`2026-11-26T${text}Z`);

it.each<[string, typeof standard, string, string, object]>([
  ['over', standard, '12:00:00.000', '11:59:59.999', { delaySeconds: 0 }],
  ['now', standard, '12:00:00.000', '12:00:00.000', { delaySeconds: 0 }],
  ['over, FIFO', fifo, '12:00:00.000', '11:59:59.999', {}],
  ['in 1 ms', standard, '12:00:00.000', '12:00:00.001', { delaySeconds: 1 }],
  ['in 15 minutes', standard, '12:00:00.000', '12:15:00.000', { delaySeconds: 900 }],
])('%s, it is left to SQS', (_, queue, now, at, expected) => {
  const { notBefore, ...sendTime } = resolveSendTime(
    { at: time(at) },
    queue,
    true,
    time(now).getTime(),
  );
  expect(sendTime).toEqual(expected);
  expect(notBefore).toEqual(time(at) > time(now) ? time(at) : undefined);
});

it.each([
  ['in 15 minutes and 1 ms', standard, '12:00:00.000', '12:15:00.001', '12:16:00.000'],
  ['at a whole minute', standard, '12:00:00.000', '13:00:00.000', '13:00:00.000'],
  ['a moment after one', standard, '12:00:00.000', '13:00:00.001', '13:01:00.000'],
  ['FIFO, in 1 ms', fifo, '12:00:00.000', '12:00:00.001', '12:01:00.000'],
  [
    'FIFO, when the minute is over before the call arrives',
    fifo,
    '12:00:59.900',
    '12:00:59.950',
    '12:02:00.000',
  ],
])('%s, it is scheduled', (_, queue, now, at, expected) => {
  expect(resolveSendTime({ at: time(at) }, queue, true, time(now).getTime())).toEqual({
    notBefore: time(expected),
    scheduleAt: time(expected),
  });
});

it('is never early, and late by less than a minute and the time of a call', () => {
  const now = time('12:00:00.000').getTime();
  const ahead = fc.integer({ min: 1, max: 366 * 86_400_000 });
  fc.assert(
    fc.property(ahead, fc.integer({ min: 0, max: 59_999 }), fc.boolean(), (ms, second, isFifo) => {
      const from = now + second;
      const at = new Date(from + ms);
      const { delaySeconds, scheduleAt } = resolveSendTime(
        { at },
        isFifo ? fifo : standard,
        true,
        from,
      );
      const sentAt = scheduleAt?.getTime() ?? from + (delaySeconds ?? 0) * 1000;
      expect(sentAt).toBeGreaterThanOrEqual(at.getTime());
      expect(sentAt).toBeLessThan(at.getTime() + 70_000);
      if (scheduleAt) expect(scheduleAt.getTime()).toBeGreaterThanOrEqual(from + 10_000);
    }),
  );
});
