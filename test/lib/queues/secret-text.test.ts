import { afterEach, expect, it, vi } from 'vitest';
import { createSecretText } from '../../../lib/queues/secret-text.ts';
import { startAws } from '../../support/aws-stand-in/start-aws.ts';

afterEach(() => void vi.useRealTimers());

it('a value is what it is, and asks nobody', async () => {
  const aws = await startAws();
  expect(await createSecretText({ value: ' s3cr3t ' })()).toBe(' s3cr3t ');
  expect(aws.calls).toEqual([]);
});

it('a parameter is read decrypted, when it is first asked for, and again after 5 minutes', async () => {
  const aws = await startAws();
  aws.parameters.set('/app/secret', 'first\n');
  const read = createSecretText({ parameter: '/app/secret' });
  expect(aws.calls).toEqual([]);
  expect(await Promise.all([read(), read()])).toEqual(['first', 'first']);
  aws.parameters.set('/app/secret', 'second');
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 4 * 60_000 });
  expect(await read()).toBe('first');
  expect(aws.calls.map(({ input }) => input)).toEqual([
    { Name: '/app/secret', WithDecryption: true },
  ]);
  vi.setSystemTime(Date.now() + 61_000);
  expect(await read()).toBe('second');
});

it('what cannot be read is thrown, and read again the next time', async () => {
  const aws = await startAws();
  const read = createSecretText({ parameter: '/app/secret' });
  await expect(read()).rejects.toThrow('There is none.');
  aws.parameters.set('/app/secret', 'there');
  expect(await read()).toBe('there');
});
