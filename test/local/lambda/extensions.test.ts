import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFixtureService } from './fixture-service.ts';
import { processState } from './process-state.ts';
import { waitUntil } from './wait-until.ts';

/** Registers, and after each event waits for the file that the invocation named before it asks again. */
const extension = `
  const registration = await register(['INVOKE'], { 'Lambda-Extension-Accept-Feature': 'accountId' });
  const identifier = registration.headers['lambda-extension-identifier'];
  let event, gate;
  (async () => {
    for (;;) {
      event = JSON.parse((await nextEvent(identifier)).text);
      const current = gate ??= Promise.withResolvers();
      const path = await current.promise;
      gate = undefined;
      if (path) await exists(path);
    }
  })();
  export const handler = async ({ wait }, context) => {
    (gate ??= Promise.withResolvers()).resolve(wait);
    while (event?.requestId !== context.awsRequestId) await new Promise((resolve) => setImmediate(resolve));
    return { registration: JSON.parse(registration.text), event, arn: context.invokedFunctionArn };
  };`;

test('an extension registers and gets an INVOKE event for each invocation', async () => {
  const service = startFixtureService({ f: extension });
  const { payload, requestId } = await service.invoke('f', '{}');
  const { registration, event, arn } = JSON.parse(payload);
  expect(registration).toEqual({
    functionName: 'f',
    functionVersion: '$LATEST',
    handler: 'index.handler',
    accountId: '000000000000',
  });
  expect(event).toMatchObject({ eventType: 'INVOKE', requestId, invokedFunctionArn: arn });
  expect(event.deadlineMs).toBeGreaterThan(Date.now());
  expect(event.tracing).toEqual({
    type: 'X-Amzn-Trace-Id',
    value: expect.stringMatching(/^Root=/),
  });
  await waitUntil('idle', () => service.instances('f')[0]?.state === 'idle');
  const again = await service.invoke('f', '{}');
  expect(JSON.parse(again.payload).event.requestId).toBe(again.requestId);
});

test('the caller has its answer while the extension works; the instance is busy until it is done', async () => {
  const service = startFixtureService({ f: { source: extension, reservedConcurrency: 1 } });
  const gate = join(service.directory, 'gate');
  const { functionError } = await service.invoke('f', JSON.stringify({ wait: gate }));
  expect(functionError).toBeUndefined();
  expect(service.instances('f')).toMatchObject([{ state: 'busy' }]);
  await expect(service.invoke('f', '{}')).rejects.toThrow('Rate Exceeded');
  expect(service.reports).toEqual([]);
  const answered = performance.now();
  await waitUntil('30 ms of work', () => performance.now() - answered > 30);
  writeFileSync(gate, '');
  await waitUntil('report', () => service.reports.length === 1);
  const report = service.reports[0];
  expect(report?.status).toBe('success');
  expect((report?.billedMs ?? 0) - (report?.responseMs ?? 0)).toBeGreaterThan(30);
  expect(service.instances('f')).toMatchObject([{ state: 'idle' }]);
});

test('an extension that never asks again runs into the timeout after the answer', async () => {
  const service = startFixtureService({ f: { source: extension, timeoutSeconds: 1 } });
  const { functionError } = await service.invoke('f', '{"wait":"/never"}');
  expect(functionError).toBeUndefined();
  await waitUntil('gone', () => service.instances('f').length === 0);
  expect(service.reports).toMatchObject([{ status: 'timeout' }]);
  expect(service.reports[0]?.responseMs).toBeLessThan(service.reports[0]?.billedMs ?? 0);
});

test('init waits for an extension that asks late', async () => {
  const source = `
    const registration = register(['INVOKE']).then(async ({ headers }) => {
      await exists(process.env.LAMBDA_TASK_ROOT + '/gate');
      for (;;) await nextEvent(headers['lambda-extension-identifier']);
    });
    export const handler = async () => 'ran';`;
  const service = startFixtureService({ f: source });
  const result = service.invoke('f', '{}');
  await waitUntil('process', () => service.instances('f')[0]?.pid);
  expect(service.instances('f')).toMatchObject([{ state: 'starting' }]);
  writeFileSync(join(service.directory, 'f', 'gate'), '');
  expect((await result).payload).toBe('"ran"');
});

test("registration is refused after the runtime's first next, for SHUTDOWN, and without a name", async () => {
  const source = `
    const shutdown = await register(['INVOKE', 'SHUTDOWN']);
    const nameless = await register(['INVOKE'], { 'Lambda-Extension-Name': '' });
    const unknown = await nextEvent('00000000-0000-0000-0000-000000000000');
    export const handler = async () => [shutdown, nameless, unknown, await register(['INVOKE'])]
      .map(({ status, text }) => [status, JSON.parse(text).errorType, JSON.parse(text).errorMessage]);`;
  const service = startFixtureService({ f: source });
  expect(JSON.parse((await service.invoke('f', '{}')).payload)).toEqual([
    [403, 'Extension.InvalidEventType', 'SHUTDOWN: event not supported for internal extensions'],
    [403, 'Extension.InvalidExtensionName', 'Empty extension name'],
    [403, 'Extension.UnknownExtensionIdentifier', expect.any(String)],
    [403, 'Extension.RegistrationClosed', 'Extension registration closed already'],
  ]);
});

test.for(['init', 'exit'] as const)('extension/%s/error ends the instance', async (phase) => {
  const source = `
    const { headers } = await register(['INVOKE']);
    const fail = () => api('POST', '/2020-01-01/extension/${phase}/error', {
      'Lambda-Extension-Identifier': headers['lambda-extension-identifier'],
      'Lambda-Extension-Function-Error-Type': 'Extension.Broken' });
    if ('${phase}' === 'init') await fail();
    else void nextEvent(headers['lambda-extension-identifier']);
    export const handler = async () => { await fail(); await exists('/never'); };`;
  const service = startFixtureService({ f: source });
  const { payload, functionError } = await service.invoke('f', '{}');
  expect(functionError).toBe('Unhandled');
  expect(JSON.parse(payload).errorMessage).toContain('Extension.Broken');
  await waitUntil('gone', () => service.instances('f').length === 0);
});

/** Writes a file at SIGTERM; with `stay`, it does not exit by itself. */
const onTerminate = (registers: boolean, stay = false) => `
  ${registers ? `const { headers } = await register(['INVOKE']);` : ''}
  process.on('SIGTERM', () => { writeFileSync(process.env.LAMBDA_TASK_ROOT + '/terminated', ''); ${stay ? '' : 'process.exit(0);'} });
  export const handler = async () => process.pid;
  ${registers ? `(async () => { for (;;) await nextEvent(headers['lambda-extension-identifier']); })();` : ''}`;

test.for([
  { registers: true, stay: false, terminated: true },
  { registers: true, stay: true, terminated: true },
  { registers: false, stay: false, terminated: false },
])('SIGTERM at shutdown: $registers registered, stays: $stay', async (given) => {
  const service = startFixtureService({ f: onTerminate(given.registers, given.stay) });
  const pid = Number((await service.invoke('f', '{}')).payload);
  await waitUntil('idle', () => service.instances('f')[0]?.state === 'idle');
  const start = performance.now();
  await service.stop();
  expect(processState(pid)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1000);
  const mark = () => readFileSync(join(service.directory, 'f', 'terminated'));
  if (given.terminated) {
    expect(mark).not.toThrow();
  } else {
    expect(mark).toThrow();
  }
});

test('no SIGTERM after a timeout', async () => {
  const source = `${onTerminate(true, true)}`.replace('process.pid;', `exists('/never');`);
  const service = startFixtureService({ f: { source, timeoutSeconds: 0.3 } });
  expect(JSON.parse((await service.invoke('f', '{}')).payload).errorType).toBe('Sandbox.Timedout');
  await waitUntil('gone', () => service.instances('f').length === 0);
  expect(() => readFileSync(join(service.directory, 'f', 'terminated'))).toThrow();
});
