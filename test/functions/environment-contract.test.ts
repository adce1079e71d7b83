import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  readCloudWatchSettings,
  readDepthSettings,
  readHealthSettings,
  readQueueSource,
  readQueues,
  readScheduler,
  readTaskTable,
} from '../../functions/env.ts';
import { readTelemetryConfig } from '../../lib/telemetry/config.ts';

const architecture = readFileSync(new URL('../../docs/architecture.md', import.meta.url), 'utf8');
const section = architecture
  .split('\n## ')
  .find((part) => part.startsWith('Environment variables'));

/** The variables of the functions' table, by name. */
const documented = new Set(
  (section?.split('`npm start` itself reads')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([A-Z][A-Z0-9_]+)`/g)])
    .map(([, name]) => String(name)),
);

const signal = /_(TRACES|METRICS|LOGS)_/;

/** An environment that remembers what it was asked for. */
function recording(env: Record<string, string>) {
  const read = new Set<string>();
  const note = (name: string | symbol) => {
    if (typeof name === 'string') read.add(name);
  };
  const proxy = new Proxy(env, {
    get: (target, name) => {
      note(name);
      return Reflect.get(target, name);
    },
    has: (target, name) => {
      note(name);
      return Reflect.has(target, name);
    },
    // Whoever lists the environment reads all of it.
    ownKeys: () => {
      throw new Error('The environment is listed.');
    },
  });
  return { proxy, read };
}

/** All that functions/ reads, by those who read it. */
const readers = [
  readQueues,
  readQueueSource,
  readCloudWatchSettings,
  readDepthSettings,
  readHealthSettings,
  readScheduler,
  readTaskTable,
];

it('no variable outside the table of docs/architecture.md is read', () => {
  expect(documented.size).toBeGreaterThan(20);
  const undocumented = new Set<string>();
  const env = fc.dictionary(fc.constantFrom(...documented), fc.string());
  fc.assert(
    fc.property(env, (given) => {
      const { proxy, read } = recording(given);
      readTelemetryConfig(proxy);
      for (const reader of readers) {
        try {
          reader(proxy);
        } catch {
          // A variable may hold anything here.
        }
      }
      for (const name of read) {
        const known = documented.has(name) || documented.has(name.replace(signal, '_'));
        if (!known) undocumented.add(name);
      }
    }),
  );
  expect([...undocumented]).toEqual([]);
});

it.each([
  'QUEUE_NAME_PREFIX',
  'CLOUDWATCH_LAG_SECONDS',
  'CLOUDWATCH_PERIOD_SECONDS',
  'CLOUDWATCH_INTERVAL_SECONDS',
  'RESOLUTION_SECONDS',
  'HEARTBEAT_URL',
  'HEARTBEAT_URL_PARAMETER',
  'HEALTH_TOKEN',
  'HEALTH_TOKEN_PARAMETER',
  'STALLED_AFTER_SECONDS',
  'APP_VERSION',
  'SCHEDULE_GROUP',
  'SCHEDULE_ROLE_ARN',
  'TASK_TABLE',
])('%s is read, and is in the table', (name) => {
  const { proxy, read } = recording({});
  for (const reader of readers.slice(1)) {
    try {
      reader(proxy);
    } catch {
      // QUEUES is not set.
    }
  }
  expect(read).toContain(name);
  expect(documented).toContain(name);
});
