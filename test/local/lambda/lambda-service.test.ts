import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFixtureService } from './fixture-service.ts';
import { processState } from './process-state.ts';
import { waitUntil } from './wait-until.ts';

const counter = `let count = 0; export const handler = async () => ({ pid: process.pid, count: ++count });`;
const gated = `export const handler = async ({ gate }) => { await exists(gate); return process.pid; };`;

test('the first invocation starts an instance, the next one reuses it', async () => {
  const service = startFixtureService({ counter });
  const first = JSON.parse((await service.invoke('counter', '{}')).payload);
  const second = JSON.parse((await service.invoke('counter', '{}')).payload);
  expect(first.count).toBe(1);
  expect(second).toEqual({ pid: first.pid, count: 2 });
  await waitUntil('two reports', () => service.reports.length === 2);
  const [cold, warm] = service.reports;
  expect(cold).toMatchObject({ coldStart: true, status: 'success', functionName: 'counter' });
  expect(cold?.initMs).toBeGreaterThan(0);
  expect(cold?.billedMs).toBeGreaterThanOrEqual(cold?.responseMs ?? Number.NaN);
  expect(warm).toMatchObject({ coldStart: false, instanceId: cold?.instanceId });
  expect(warm).not.toHaveProperty('initMs');
  if (process.platform === 'linux') {
    expect(cold?.maxMemoryMb).toBeGreaterThan(10);
  }
});

test('a caller that invokes one after the other never meets its own concurrency', async () => {
  const service = startFixtureService({ counter: { source: counter, reservedConcurrency: 1 } });
  for (let count = 1; count <= 50; count += 1) {
    const { payload } = await service.invoke('counter', '{}');
    expect(JSON.parse(payload).count).toBe(count);
  }
});

test.runIf(process.platform === 'linux')('an instance is frozen between invocations', async () => {
  const source = `
    let ticks = 0;
    setInterval(() => { ticks += 1; }, 1);
    export const handler = async () => { const seen = ticks; ticks = 0; return { pid: process.pid, seen }; };`;
  const service = startFixtureService({ ticker: source });
  const { pid } = JSON.parse((await service.invoke('ticker', '{}')).payload);
  await waitUntil('stopped', () => processState(pid) === 'T');
  expect(service.instances('ticker')).toMatchObject([{ pid, state: 'idle' }]);
  const again = JSON.parse((await service.invoke('ticker', '{}')).payload);
  expect(again.pid).toBe(pid);
  await waitUntil('stopped again', () => processState(pid) === 'T');
});

test.runIf(process.platform === 'linux')('freeze: false leaves the process running', async () => {
  const service = startFixtureService({ counter }, { freeze: false });
  const { pid } = JSON.parse((await service.invoke('counter', '{}')).payload);
  await waitUntil('idle', () => service.instances('counter')[0]?.state === 'idle');
  expect(processState(pid)).toMatch(/[RS]/);
});

test('instances scale to the reserved concurrency; one more is refused', async () => {
  const service = startFixtureService({ gated: { source: gated, reservedConcurrency: 3 } });
  const gate = join(service.directory, 'gate');
  const event = JSON.stringify({ gate });
  const running = [1, 2, 3].map(() => service.invoke('gated', event));
  await expect(service.invoke('gated', event)).rejects.toMatchObject({
    name: 'TooManyRequestsException',
  });
  await waitUntil('three busy', () => {
    const states = service.instances('gated').map(({ state }) => state);
    return states.length === 3 && states.every((state) => state === 'busy');
  });
  writeFileSync(gate, '');
  const pids = (await Promise.all(running)).map(({ payload }) => payload);
  expect(new Set(pids).size).toBe(3);
  await waitUntil('all idle', () =>
    service.instances('gated').every(({ state }) => state === 'idle'),
  );
  expect((await service.invoke('gated', event)).functionError).toBeUndefined();
});

test('the most recently used idle instance is taken first', async () => {
  const service = startFixtureService({ gated });
  const [first, second] = ['a', 'b'].map((name) => join(service.directory, name));
  const older = service.invoke('gated', JSON.stringify({ gate: first }));
  const newer = service.invoke('gated', JSON.stringify({ gate: second }));
  writeFileSync(String(first), '');
  await older;
  await waitUntil('one idle', () =>
    service.instances('gated').some(({ state }) => state === 'idle'),
  );
  writeFileSync(String(second), '');
  const { payload } = await newer;
  await waitUntil('both idle', () =>
    service.instances('gated').every(({ state }) => state === 'idle'),
  );
  expect((await service.invoke('gated', JSON.stringify({ gate: first }))).payload).toBe(payload);
});

test('an idle instance is stopped after the idle timeout', async () => {
  const service = startFixtureService({ counter }, { idleTimeoutMs: 20 });
  const { pid } = JSON.parse((await service.invoke('counter', '{}')).payload);
  await waitUntil('none left', () => service.instances('counter').length === 0);
  expect(processState(pid)).toBeUndefined();
  expect(JSON.parse((await service.invoke('counter', '{}')).payload).count).toBe(1);
});

test('replaceInstances serves the code on disk and lets a busy instance finish', async () => {
  const service = startFixtureService({ gated, counter });
  const gate = join(service.directory, 'gate');
  const busy = service.invoke('gated', JSON.stringify({ gate }));
  const { pid } = JSON.parse((await service.invoke('counter', '{}')).payload);
  await waitUntil('counter is idle', () => service.instances('counter')[0]?.state === 'idle');
  await waitUntil('gated is busy', () => service.instances('gated')[0]?.state === 'busy');
  const old = service.instances('gated')[0]?.pid;
  service.writeBundle('counter', `export const handler = async () => 'new';`);
  service.writeBundle('gated', `export const handler = async () => 'new';`);
  await service.replaceInstances();
  expect(processState(pid)).toBeUndefined();
  expect((await service.invoke('counter', '{}')).payload).toBe('"new"');
  expect((await service.invoke('gated', '{}')).payload).toBe('"new"');
  writeFileSync(gate, '');
  expect((await busy).payload).toBe(String(old));
  await waitUntil('the old one is gone', () => service.instances('gated').length === 1);
  expect(processState(old)).toBeUndefined();
});

test('several functions run in parallel, and none sees another one', async () => {
  const source = `export const handler = async (event, context) => [context.functionName, event];`;
  const service = startFixtureService({ a: source, b: source, c: source });
  const names = ['a', 'b', 'c', 'a', 'b', 'c'];
  const results = await Promise.all(
    names.map((name, index) => service.invoke(name, String(index))),
  );
  expect(results.map(({ payload }) => JSON.parse(payload))).toEqual(
    names.map((name, index) => [name, index]),
  );
  expect(new Set(results.map(({ requestId }) => requestId)).size).toBe(6);
});

test('text of any script and size passes unchanged', async () => {
  const service = startFixtureService({ echo: `export const handler = async (event) => event;` });
  const text = `ü 漢字 🚀 \u2028 \u0000 "\\ ${'é'.repeat(1_000_000)}`;
  const { payload } = await service.invoke('echo', JSON.stringify({ text }));
  expect(JSON.parse(payload)).toEqual({ text });
});

test('the context is what nodejs24.x gives', async () => {
  const source = `export const handler = async (_event, context) => ({
    ...context, remaining: context.getRemainingTimeInMillis(), trace: process.env._X_AMZN_TRACE_ID });`;
  const service = startFixtureService({ context: { source, memoryMb: 256, timeoutSeconds: 9 } });
  const { payload, requestId } = await service.invoke('context', '{}');
  const context = JSON.parse(payload);
  expect(context).toMatchObject({
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: 'context',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:context',
    logGroupName: '/aws/lambda/context',
    memoryLimitInMB: '256',
  });
  expect(context.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
  expect(context.trace).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
  expect(context.remaining).toBeGreaterThan(0);
  expect(context.remaining).toBeLessThanOrEqual(9000);
});

test('an instance has the environment of Lambda, the stack and the function, and no other', async () => {
  const source = `export const handler = async () => process.env;`;
  const own = { GREETING: 'own', AWS_ENDPOINT_URL_SQS: 'http://elsewhere', TZ: 'Asia/Tokyo' };
  const service = startFixtureService(
    { show: { source, environment: own } },
    { environment: { GREETING: 'stack', AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' } },
  );
  const environment = JSON.parse((await service.invoke('show', '{}')).payload);
  expect(environment).toMatchObject({
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    GREETING: 'own',
    LAMBDA_TASK_ROOT: join(service.directory, 'show'),
    TZ: 'Asia/Tokyo',
    _HANDLER: 'index.handler',
  });
  const lambdas =
    /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN|REGION|DEFAULT_REGION|EXECUTION_ENV|LAMBDA_\w+)|LAMBDA_(TASK_ROOT|RUNTIME_DIR)|LANG|PATH|TZ)$/;
  const others = Object.keys(environment).filter((name) => !lambdas.test(name));
  expect(others.sort()).toEqual(['AWS_ENDPOINT_URL_SQS', 'GREETING']);
});

test("a variable that is Lambda's own is refused, as a deploy would", () => {
  const variables = { AWS_REGION: 'eu-west-1' };
  expect(() => startFixtureService({ f: { source: '', environment: variables } })).toThrow(
    /reserved keys.*AWS_REGION/,
  );
});

test('an unknown function is refused', async () => {
  const service = startFixtureService({});
  await expect(service.invoke('nobody', '{}')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('output comes line by line with its source', async () => {
  const seen: unknown[] = [];
  const source = `export const handler = async () => { console.log('one\\ntwö'); console.error('three'); };`;
  const service = startFixtureService(
    { talk: source },
    { onOutput: (line, { functionName, stream }) => seen.push([line, functionName, stream]) },
  );
  await service.invoke('talk', '{}');
  await waitUntil('three lines', () => seen.length === 3);
  expect(seen).toContainEqual(['one', 'talk', 'stdout']);
  expect(seen).toContainEqual(['twö', 'talk', 'stdout']);
  expect(seen).toContainEqual(['three', 'talk', 'stderr']);
});
