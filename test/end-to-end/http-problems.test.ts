import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { copyProject, type ProjectCopy } from '../support/copy-project.ts';
import { extraTasks } from '../support/extra-tasks.ts';
import { spanNamed } from '../support/span-tree.ts';
import { type Answer, startTestStack, type TestStack } from '../support/test-stack.ts';
import { CUT_OFF_PATH } from '../support/test-stack-description.ts';

/** 1 MiB, SQS's limit of a message, less the room for what a message adds to its payload. */
const MAX_BODY_BYTES = 1_048_576 - 10_240;
const ORDER = { order_id: 'o-1' };
const NOT_UTF8 = Buffer.from([0x22, 0xff, 0xfe, 0x22]);
/** What `curl -d` says that its data is. */
const CURL = { 'content-type': 'application/x-www-form-urlencoded' };

let project: ProjectCopy;
let stack: TestStack;
let enqueued = 0;

beforeAll(async () => {
  project = await copyProject(extraTasks);
  await buildFunctions({ projectDirectory: project.directory });
  stack = await startTestStack({
    bundleDirectory: join(project.directory, 'dist/functions'),
    // What was enqueued stays, to be counted.
    consumed: false,
  });
});
afterAll(async () => {
  await stack?.stop();
  await project?.remove();
});

describe('is taken', () => {
  it.each([
    ['no content type', {}],
    ["curl's default", CURL],
    ['application/octet-stream', { 'content-type': 'application/octet-stream' }],
    ['text/plain', { 'content-type': 'text/plain; charset=utf-8' }],
    ['application/json', { 'content-type': 'application/json' }],
    ['multipart/form-data', { 'content-type': 'multipart/form-data; boundary=x' }],
  ])('JSON sent as %s', async (_name, headers) => {
    await expectEnqueued(await stack.post('process_order', { order_id: 'ö-1 🚀' }, headers));
  });

  it.each([
    ['as text', { 'content-type': 'application/json' }],
    ['in base64', CURL],
  ])('a body just under the limit, which reaches the function %s', async (_name, headers) => {
    await expectEnqueued(await stack.post('process_order', bodyOf(MAX_BODY_BYTES), headers));
  });

  it('a body of as many bytes in fewer characters', async () => {
    await expectEnqueued(await stack.post('process_order', bodyOf(MAX_BODY_BYTES, 'ö')));
  });
});

describe('is refused, and enqueues nothing', () => {
  it.each([
    ['an unknown task', 'no_such_task', 404],
    ['a task that is not for HTTP', 'internal_report', 404],
    ["a name of every object's own", 'constructor', 404],
    ['a name of other characters', 'process_order%20', 404],
  ])('%s', async (_name, task, status) => {
    await expectProblem(await stack.post(task, ORDER), status, /No task ".*" can be enqueued/);
  });

  it.each([
    ['an empty body', '', CURL, /body is empty/],
    ['no JSON', '{"order_id":', CURL, /not JSON/],
    ['no JSON, as text', 'order_id=1', { 'content-type': 'text/plain' }, /not JSON/],
    ['what is not UTF-8', NOT_UTF8, {}, /not UTF-8/],
  ])('%s', async (_name, body, headers, detail) => {
    await expectProblem(await stack.post('process_order', body, headers), 400, detail);
  });

  it.each([
    ['a field of another type', { order_id: 7 }, [['order_id']]],
    ['a missing field', {}, [['order_id']]],
    ['an empty id', { order_id: '' }, [['order_id']]],
    ['no object', [1, 2], [[]]],
    ['null', null, [[]]],
  ])('a payload against the schema: %s', async (_name, payload, paths) => {
    const answer = await stack.post('process_order', payload);

    await expectProblem(answer, 422, /does not fit the schema of process_order/);
    const { errors } = answer.body;
    expect(errors.map(({ path }: { path: unknown }) => path)).toEqual(paths);
    for (const error of errors) expect(error.detail).toMatch(/\S/);
  });

  it('a payload with several issues, each with its path', async () => {
    const answer = await stack.post('process_payment', { payment_id: '', amount: -1 });

    await expectProblem(answer, 422, /schema of process_payment/);
    expect(answer.body.errors).toMatchObject([
      { path: ['payment_id'], pointer: '#/payment_id' },
      { path: ['amount'], pointer: '#/amount' },
    ]);
  });

  it.each([
    ['as text', { 'content-type': 'application/json' }, 'x'],
    ['in base64', CURL, 'x'],
    ['in characters of several bytes', {}, 'ö'],
  ])('a body just over the limit, %s', async (_name, headers, character) => {
    const answer = await stack.post(
      'process_order',
      bodyOf(MAX_BODY_BYTES + 1, character),
      headers,
    );

    await expectProblem(answer, 413, new RegExp(`${MAX_BODY_BYTES + 1} bytes.*${MAX_BODY_BYTES}`));
  });

  it('what the queue does not take, to be sent again', async () => {
    const answer = await stack.post('process_order', ORDER, {}, CUT_OFF_PATH);

    await expectProblem(answer, 503, /did not confirm/);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.stringify(answer.body)).not.toMatch(/127\.0\.0\.1|ECONNREFUSED/);
    const send = await stack.telemetry.waitFor(
      ({ spans }) => spans().find(({ status }) => status.code === 'ERROR' && status.message),
      { describe: 'the span of the send that failed' },
    );
    const http = spanNamed(stack.telemetry.trace(send.traceId), 'POST /tasks/{task}');
    expect(http.status.code).toBe('ERROR');
    expect(http.attributes).toMatchObject({
      'error.type': '503',
      'http.response.status_code': 503,
    });
  });
});

it('marks no request as an error for what its caller did wrong', async () => {
  const traceId = 'c'.repeat(32);
  const headers = { traceparent: `00-${traceId}-${'d'.repeat(16)}-01` };
  await stack.post('process_order', '{', headers);

  const http = await stack.telemetry.waitFor((telemetry) => telemetry.trace(traceId)[0]);
  expect(http.status.code).toBe('UNSET');
  expect(http.attributes['http.response.status_code']).toBe(400);
});

/** A payload of exactly so many bytes. */
function bodyOf(bytes: number, character = 'x'): string {
  const empty = JSON.stringify({ order_id: '' });
  const room = bytes - Buffer.byteLength(empty);
  const width = Buffer.byteLength(character);
  const id = 'y'.repeat(room % width) + character.repeat(Math.floor(room / width));
  return JSON.stringify({ order_id: id });
}

async function expectEnqueued({ status, headers, body }: Answer): Promise<void> {
  expect({ status, body }).toMatchObject({ status: 202, body: { task: 'process_order' } });
  expect(headers.get('content-type')).toBe('application/json');
  enqueued += 1;
  expect(await stack.messageCount()).toBe(enqueued);
}

/** RFC 9457 */
async function expectProblem(answer: Answer, status: number, detail: RegExp): Promise<void> {
  expect(answer).toMatchObject({
    status,
    body: { type: 'about:blank', title: expect.any(String), status },
  });
  expect(answer.body.detail).toMatch(detail);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(await stack.messageCount()).toBe(enqueued);
}
