import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readJsonBody } from '../../../../cli/console/http/read-json-body.ts';

function request() {
  const stream = new PassThrough();
  return Object.assign(stream, { headers: {} }) as unknown as IncomingMessage & PassThrough;
}

it('waits for a body for 10 s, and then lets the request go', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const slow = request();
  const reading = readJsonBody(slow).catch((error: Error) => error);
  slow.write('{"a":');
  await vi.advanceTimersByTimeAsync(9_999);
  expect(slow.destroyed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(slow.destroyed).toBe(true);
  expect(await reading).toBeInstanceOf(Error);

  const late = request();
  const read = readJsonBody(late);
  late.write('{"a":');
  await vi.advanceTimersByTimeAsync(9_000);
  late.end('1}');
  expect(await read).toEqual({ a: 1 });
  expect(vi.getTimerCount()).toBe(0);
});
