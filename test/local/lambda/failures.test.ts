import { expect, test } from 'vitest';
import { type FixtureService, startFixtureService } from './fixture-service.ts';
import { waitUntil } from './wait-until.ts';

async function invokeForError(service: FixtureService, name: string, event = '{}') {
  const { payload, functionError, requestId } = await service.invoke(name, event);
  expect(functionError).toBe('Unhandled');
  return { ...JSON.parse(payload), requestId };
}

test('an overrun timeout kills the instance, and the next invocation gets a new one', async () => {
  const source = `export const handler = async ({ hang }) => hang ? new Promise(() => setInterval(() => {}, 9)) : process.pid;`;
  const service = startFixtureService({ slow: { source, timeoutSeconds: 1 } });
  const before = (await service.invoke('slow', '{}')).payload;
  await waitUntil('idle', () => service.instances('slow')[0]?.state === 'idle');
  const error = await invokeForError(service, 'slow', '{"hang":true}');
  expect(error.errorType).toBe('Sandbox.Timedout');
  expect(error.errorMessage).toBe(
    `RequestId: ${error.requestId} Error: Task timed out after 1.00 seconds`,
  );
  const after = await service.invoke('slow', '{}');
  expect(after.functionError).toBeUndefined();
  expect(after.payload).not.toBe(before);
  expect(service.reports[1]).toMatchObject({ status: 'timeout', coldStart: false });
  expect(service.reports[1]?.billedMs).toBeGreaterThanOrEqual(995);
});

test('a blocked event loop does not outlive the timeout', async () => {
  const source = `export const handler = async () => { for (;;); };`;
  const service = startFixtureService({ block: { source, timeoutSeconds: 0.2 } });
  expect((await invokeForError(service, 'block')).errorType).toBe('Sandbox.Timedout');
  await waitUntil('gone', () => service.instances('block').length === 0);
});

test.for([
  ['process.exit(1)', 'Runtime exited with error: exit status 1'],
  ['process.exit(0)', 'Runtime exited without providing a reason'],
  [
    `process.kill(process.pid, 'SIGKILL'); await new Promise(() => setInterval(() => {}, 9))`,
    'Runtime exited with error: signal: killed',
  ],
] as const)('%s during an invocation is Runtime.ExitError', async ([statement, reason]) => {
  const service = startFixtureService({
    crash: `export const handler = async ({ ok }) => { if (ok) return 'ok'; ${statement}; };`,
  });
  const error = await invokeForError(service, 'crash');
  expect(error).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: `RequestId: ${error.requestId} Error: ${reason}`,
  });
  expect(service.reports).toMatchObject([{ status: 'exit' }]);
  expect((await service.invoke('crash', '{"ok":true}')).payload).toBe('"ok"');
});

test('a thrown error is the payload, and the instance lives on', async () => {
  const service = startFixtureService({
    fails: `class OrderError extends Error { name = 'OrderError'; }
      export const handler = async ({ what }) => {
        if (what === 'error') throw new OrderError('no such order');
        if (what === 'string') throw 'plain';
        if (what === 'circular') { const a = {}; a.a = a; return a; }
        return process.pid;
      };`,
  });
  const error = await invokeForError(service, 'fails', '{"what":"error"}');
  expect(error).toMatchObject({ errorType: 'OrderError', errorMessage: 'no such order' });
  expect(error.trace[0]).toContain('no such order');
  expect(await invokeForError(service, 'fails', '{"what":"string"}')).toMatchObject({
    errorType: 'string',
    errorMessage: 'plain',
  });
  expect(await invokeForError(service, 'fails', '{"what":"circular"}')).toMatchObject({
    errorMessage: 'Unable to stringify response body',
  });
  const { payload } = await service.invoke('fails', '{}');
  expect(payload).toBe(String(service.instances('fails')[0]?.pid));
  expect(service.instances('fails')).toHaveLength(1);
  expect(service.reports.map(({ status }) => status).slice(0, 3)).toEqual([
    'error',
    'error',
    'error',
  ]);
});

test.for([
  ['throws', `throw new RangeError('bad setting');`, 'RangeError', 'bad setting'],
  ['exits', `process.exit(7);`, 'Runtime.ExitError', 'exit status 7'],
  ['is no JavaScript', `export const = 1;`, 'Runtime.UserCodeSyntaxError', 'SyntaxError'],
  ['imports what is not there', `import './no.mjs';`, 'Runtime.ImportModuleError', 'no.mjs'],
  [
    'has no handler',
    `export const other = 1;`,
    'Runtime.HandlerNotFound',
    'index.handler is undefined',
  ],
  [
    'takes a callback',
    `export const handler = (a, b, c) => {};`,
    'Runtime.CallbackHandlerDeprecated',
    'async',
  ],
  ['never settles', `await new Promise(() => {});`, 'Runtime.NodeJsExit', 'never settled'],
  [
    'rejects unhandled',
    `Promise.reject(new Error('lost')); await new Promise(() => setInterval(() => {}, 9));`,
    'Runtime.UnhandledPromiseRejection',
    'lost',
  ],
] as const)(
  'init that %s answers the invocation with its error',
  async ([, source, type, text]) => {
    const service = startFixtureService({ init: source });
    const error = await invokeForError(service, 'init');
    expect(error.errorType).toBe(type);
    expect(error.errorMessage).toContain(text);
    await waitUntil('gone', () => service.instances('init').length === 0);
    expect(service.reports).toMatchObject([{ coldStart: true, responseMs: 0, billedMs: 0 }]);
  },
);

test('init over its limit is tried once more under the timeout of the function', async () => {
  const source = `
    const marks = process.env.LAMBDA_TASK_ROOT + '/mark';
    if (!existsSync(marks)) { writeFileSync(marks, ''); await new Promise(() => setInterval(() => {}, 9)); }
    export const handler = async () => 'second';`;
  const service = startFixtureService({ init: source }, { initTimeoutMs: 1000 });
  expect((await service.invoke('init', '{}')).payload).toBe('"second"');
  await waitUntil('report', () => service.reports.length === 1);
  expect(service.reports).toMatchObject([{ coldStart: true, status: 'success' }]);
  const report = service.reports[0];
  expect(report?.billedMs).toBeGreaterThan(report?.initMs ?? Number.NaN);
});

test('init that never ends runs into the timeout of the function', async () => {
  const source = `await new Promise(() => setInterval(() => {}, 9));`;
  const service = startFixtureService(
    { init: { source, timeoutSeconds: 0.3 } },
    { initTimeoutMs: 100 },
  );
  expect((await invokeForError(service, 'init')).errorType).toBe('Sandbox.Timedout');
  expect(service.reports).toMatchObject([{ status: 'timeout' }]);
});

test.for([
  [`Promise.reject(new Error('lost'))`, 'Runtime.UnhandledPromiseRejection', 'Error: lost'],
  [`setImmediate(() => { throw new TypeError('thrown later'); })`, 'TypeError', 'thrown later'],
] as const)('%s ends the process with its error', async ([statement, type, message]) => {
  const service = startFixtureService({
    lose: `export const handler = async () => { ${statement}; await exists('/never'); };`,
  });
  expect(await invokeForError(service, 'lose')).toMatchObject({
    errorType: type,
    errorMessage: message,
  });
  await waitUntil('gone', () => service.instances('lose').length === 0);
  expect(service.reports).toMatchObject([{ status: 'exit' }]);
});

test('a handler whose promise can never settle is told so', async () => {
  const service = startFixtureService({
    stuck: `export const handler = () => new Promise(() => {});`,
  });
  expect((await invokeForError(service, 'stuck')).errorType).toBe('Runtime.NodeJsExit');
});

test('a response over 6 MB is refused, and the instance lives on', async () => {
  const service = startFixtureService({
    large: `export const handler = async (size) => 'x'.repeat(size);`,
  });
  const error = await invokeForError(service, 'large', String(6 * 1024 * 1024 + 100));
  expect(error.errorType).toBe('Function.ResponseSizeTooLarge');
  const { payload, functionError } = await service.invoke('large', String(6 * 1024 * 1024));
  expect(functionError).toBeUndefined();
  expect(payload).toHaveLength(6 * 1024 * 1024 + 2);
});

test('a bundle that is not there is an error of the invocation', async () => {
  const service = startFixtureService({ gone: { source: '', bundle: 'nowhere' } });
  expect((await invokeForError(service, 'gone')).errorMessage).toContain('could not be started');
});

test('an invocation that waits for an instance which dies after its answer gets another one', async () => {
  const runtime = `
    const { headers } = await api('GET', '/2018-06-01/runtime/invocation/next');
    const id = headers['lambda-runtime-aws-request-id'];
    await api('POST', '/2018-06-01/runtime/invocation/' + id + '/response', {}, String(process.pid));
    process.exit(3);`;
  const service = startFixtureService({ f: '', runtime }, { runtime: 'runtime/index.mjs' });
  const first = await service.invoke('f', '{}');
  const second = await service.invoke('f', '{}');
  expect([first.functionError, second.functionError]).toEqual([undefined, undefined]);
  expect(second.payload).not.toBe(first.payload);
  expect(service.reports[0]).toMatchObject({ status: 'exit', coldStart: true });
});
