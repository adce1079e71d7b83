import { describe, expect, it } from 'vitest';
import {
  readCloudWatchSettings,
  readDepthSettings,
  readHealthSettings,
  readQueueSource,
  readQueues,
} from '../../functions/env.ts';
import { InvalidSetting } from '../../lib/index.ts';

const QUEUES = '{"default":{"url":"https://sqs.eu-west-1.amazonaws.com/123456789012/app-default"}}';

describe('which queues', () => {
  it('those of QUEUES, or those below QUEUE_NAME_PREFIX', () => {
    expect(readQueueSource({ QUEUES })).toEqual({ queues: readQueues({ QUEUES }) });
    expect(readQueueSource({ QUEUE_NAME_PREFIX: 'my_app-' })).toEqual({ prefix: 'my_app-' });
  });

  it('not both, and not none', () => {
    expect(() => readQueueSource({ QUEUES, QUEUE_NAME_PREFIX: 'app-' })).toThrow(
      'QUEUE_NAME_PREFIX: is set beside QUEUES; set one of them.',
    );
    expect(() => readQueueSource({})).toThrow('QUEUES: is not set');
  });

  it.each(['app *', 'https://sqs', 'a.b', 'x'.repeat(80)])(
    'no prefix that SQS does not take: %s',
    (prefix) => {
      const read = () => readQueueSource({ QUEUE_NAME_PREFIX: prefix });
      expect(read).toThrow(InvalidSetting);
      expect(read).toThrow(`QUEUE_NAME_PREFIX: is "${prefix}"; use letters, digits, - and _.`);
    },
  );

  it.each([
    ['worker', '""', 'default.worker is ""'],
    ['worker', '7', 'default.worker is 7'],
    ['mapping', 'null', 'default.mapping is null'],
  ])('no %s that is %s', (key, value, message) => {
    const queues = QUEUES.replace('{"url"', `{"${key}":${value},"url"`);
    expect(() => readQueueSource({ QUEUES: queues })).toThrow(`QUEUES: ${message}; give its name.`);
  });
});

it('what is not set is not there: the defaults are those of the library', () => {
  expect(readCloudWatchSettings({})).toEqual({});
  expect(readDepthSettings({})).toEqual({});
  expect(readHealthSettings({})).toEqual({});
  expect(readCloudWatchSettings({ CLOUDWATCH_LAG_SECONDS: '' })).toEqual({});
});

it('seconds are numbers', () => {
  expect(
    readCloudWatchSettings({
      CLOUDWATCH_LAG_SECONDS: '0',
      CLOUDWATCH_PERIOD_SECONDS: '10',
      CLOUDWATCH_INTERVAL_SECONDS: '600',
    }),
  ).toEqual({ lagSeconds: 0, periodSeconds: 10, intervalSeconds: 600 });
  expect(readDepthSettings({ RESOLUTION_SECONDS: '20' })).toEqual({ resolutionSeconds: 20 });
  expect(readHealthSettings({ STALLED_AFTER_SECONDS: '30' })).toEqual({ stalledAfterSeconds: 30 });
});

it.each([
  [
    'CLOUDWATCH_LAG_SECONDS',
    readCloudWatchSettings,
    ['-1', 'x', '1.5', '86401', 'NaN'],
    '0 to 86400',
  ],
  ['CLOUDWATCH_PERIOD_SECONDS', readCloudWatchSettings, ['0', '60s', '-60'], '1 to 86400'],
  ['CLOUDWATCH_INTERVAL_SECONDS', readCloudWatchSettings, ['0', 'Infinity'], '1 to 86400'],
  ['RESOLUTION_SECONDS', readDepthSettings, ['0', '61', '0.5', 'ten'], '1 to 60'],
  ['STALLED_AFTER_SECONDS', readHealthSettings, ['0', '-5', 'five'], '1 to 86400'],
] as const)(
  '%s is refused with its name, its value and what to do',
  (name, read, values, range) => {
    for (const value of values) {
      expect(() => read({ [name]: value })).toThrow(InvalidSetting);
      const message = `${name}: is "${value}"; use whole seconds from ${range}.`;
      expect(() => read({ [name]: value })).toThrow(message);
    }
  },
);

it('a secret is a value, or the parameter that holds it; the value wins', () => {
  expect(readDepthSettings({ HEARTBEAT_URL: 'https://x' })).toEqual({
    heartbeatUrl: { value: 'https://x' },
  });
  expect(readDepthSettings({ HEARTBEAT_URL_PARAMETER: '/app/heartbeat' })).toEqual({
    heartbeatUrl: { parameter: '/app/heartbeat' },
  });
  expect(readHealthSettings({ HEALTH_TOKEN: 't', HEALTH_TOKEN_PARAMETER: '/app/health' })).toEqual({
    token: { value: 't' },
  });
  expect(readHealthSettings({ HEALTH_TOKEN_PARAMETER: 'none' })).toEqual({
    token: { parameter: 'none' },
  });
});

it('HEALTH_TOKEN=none opens the health function, and nothing like it does', () => {
  expect(readHealthSettings({ HEALTH_TOKEN: 'none', APP_VERSION: '1.2.3' })).toEqual({
    token: 'none',
    version: '1.2.3',
  });
  for (const token of ['None', ' none', 'none ', 'NONE']) {
    expect(readHealthSettings({ HEALTH_TOKEN: token })).toEqual({ token: { value: token } });
  }
});
