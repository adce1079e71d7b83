import { expect, it } from 'vitest';
import { readSettings } from '../../local/read-settings.ts';

it('has defaults', () => {
  expect(readSettings({})).toEqual({ port: 3000, environment: {}, warnings: [] });
});

it.each([' ', '1e3', '0x1F90', '-1', '65536', '80.5', 'http'])('refuses PORT=%j', (PORT) => {
  expect(() => readSettings({ PORT })).toThrow(/^PORT is .*use a whole number from 0 to 65535\.$/);
});

it('refuses a OneUptime URL that holds a password, and does not repeat it', () => {
  const ONEUPTIME_ENDPOINT = 'https://user:hunter2@oneuptime.com/otlp';
  const read = () => readSettings({ ONEUPTIME_ENDPOINT, ONEUPTIME_TOKEN: 'x' });
  expect(read).toThrow('ONEUPTIME_ENDPOINT');
  expect(read).not.toThrow(/hunter2/);
});

it.each([
  [{ ONEUPTIME_TOKEN: 'x' }, 'ONEUPTIME_ENDPOINT is not set'],
  [{ ONEUPTIME_ENDPOINT: 'https://oneuptime.com/otlp' }, 'ONEUPTIME_TOKEN is not set'],
])('says that %j alone relays nothing', (env, warning) => {
  const { relay, warnings } = readSettings(env);
  expect(relay).toBeUndefined();
  expect(warnings).toEqual([expect.stringContaining(warning)]);
});

it('hands the settings of the telemetry to the functions, and nothing else', () => {
  const telemetry = { OTEL_SDK_DISABLED: 'true', LOG_LEVEL: 'debug', LEADLINE_TRACE_MODE: 'link' };
  const { environment } = readSettings({ ...telemetry, HOME: '/root', AWS_PROFILE: 'prod' });
  expect(environment).toEqual(telemetry);
});
