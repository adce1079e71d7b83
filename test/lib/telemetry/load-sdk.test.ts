import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startBackend } from './otlp-backend.ts';

const program = fileURLToPath(new URL('full-process-program.ts', import.meta.url));

it('loads at the second flush what could not be opened at the first', async () => {
  const { endpoint, store } = await startBackend();
  const limited = ['-c', 'ulimit -n 128; exec "$0" "$1"', process.execPath, program];
  await promisify(execFile)('/bin/sh', limited, {
    env: { ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' },
  });
  expect(store.spans().map(({ name }) => name)).toEqual(['first', 'second']);
  const invocations = store.points().filter(({ metric }) => metric === 'program.invocations');
  expect(invocations.map(({ value }) => value)).toEqual([2]);
});
