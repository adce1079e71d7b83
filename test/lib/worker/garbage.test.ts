import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startOtlpBackend } from '../../support/otlp-backend.ts';

// V8's old generation is collected late and as a whole: what a message leaves there is memory that
// grows, and pauses of milliseconds for messages that have nothing to do with it.
it('what a message made is gone with the young generation', async () => {
  const backend = await startOtlpBackend();
  const program = fileURLToPath(new URL('./garbage-program.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program], {
    env: {
      ...process.env,
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token',
      OTEL_SERVICE_NAME: 'garbage',
    },
  });
  await backend.stop();
  expect(backend.requests.length).toBeGreaterThan(400);
  const { bytesPerMessage, fullCollections } = JSON.parse(stdout);
  expect(bytesPerMessage).toBeLessThan(600);
  expect(fullCollections).toBe(0);
}, 30_000);
