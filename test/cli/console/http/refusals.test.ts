import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { startConsoleBench } from '../../../support/console-bench.ts';
import { askConsole, postConsole } from '../../../support/console-request.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const ORDER = { task: 'ship', payload: { order_id: 'o-1', lines: [] } };

describe('who may read', () => {
  it.each([
    ['a name that was made to point here', { host: 'evil.example' }],
    ['such a name with our port', { host: 'evil.example:PORT' }],
    ['a name that begins like ours', { host: 'localhost.evil.example:PORT' }],
    ['another port', { host: '127.0.0.1:1' }],
    ['no port', { host: 'localhost' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page of another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a form of another site', { origin: 'http://evil.example' }],
    ['a sandboxed page', { origin: 'null' }],
  ])('not %s', async (_, headers) => {
    const { url, api } = await startConsoleBench();
    const { port } = new URL(url);
    const sent = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace('PORT', port)]),
    );
    for (const path of [api('overview'), api('events'), `${url}/`]) {
      const reply = await askConsole(path, { headers: sent });
      expect([path, reply.status, reply.json.error.code]).toEqual([path, 403, 'foreign']);
      expect(reply.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', 'LOCALHOST'])('whoever calls it %s', async (name) => {
    const { url, api } = await startConsoleBench();
    const host = `${name}:${new URL(url).port}`;
    expect((await askConsole(api('settings'), { headers: { host } })).status).toBe(200);
    const own = { host, 'sec-fetch-site': 'same-origin', origin: `http://${host}` };
    expect((await askConsole(api('settings'), { headers: own })).status).toBe(200);
  });
});

describe('who may change something', () => {
  it.each([
    ['without an origin, as a program or an old form', {}, JSON_TYPE, 403],
    ['from another origin', { origin: 'http://127.0.0.1:1' }, JSON_TYPE, 403],
    ['from a sandboxed page', { origin: 'null' }, JSON_TYPE, 403],
    ['as a form that needs no preflight', 'own', { 'content-type': 'text/plain' }, 415],
    ['as an upload', 'own', { 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ['without a type', 'own', {}, 415],
    ['by a type that only begins so', 'own', { 'content-type': 'application/jsonp' }, 415],
  ])('not %s', async (_, origin, type, status) => {
    const bench = await startConsoleBench();
    const headers = { ...(origin === 'own' ? { origin: bench.url } : (origin as object)), ...type };
    const posts = ['enqueue', 'dead-letters/default/purge', 'dead-letters/default/redrive'];
    for (const path of posts) {
      const body = path === 'enqueue' ? ORDER : { confirm: 'default' };
      const reply = await askConsole(bench.api(path), { method: 'POST', headers, body });
      expect([path, reply.status]).toEqual([path, status]);
    }
    const { Attributes } = await bench.client.send(
      new GetQueueAttributesCommand({
        QueueUrl: bench.sqs.queueUrl('dev-default'),
        AttributeNames: ['ApproximateNumberOfMessages'],
      }),
    );
    expect(Attributes?.['ApproximateNumberOfMessages']).toBe('0');
  });

  it('the page', async () => {
    const { api } = await startConsoleBench();
    const { status, json } = await postConsole(api('enqueue'), ORDER);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      task: 'ship',
      queue: 'default',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });
});

describe('what is asked wrongly', () => {
  it.each([
    ['GET', 'nothing', 404],
    ['GET', '', 404],
    ['GET', 'runs/a/b', 404],
    ['GET', 'constructor', 404],
    ['GET', '__proto__', 404],
    ['GET', 'enqueue', 405],
    ['GET', 'runs/%E0%A4%A', 400],
    ['GET', 'runs?limit=0', 400],
    ['GET', 'runs?limit=1e9', 400],
    ['GET', 'runs?state=odd', 400],
    ['GET', 'events?topics=secrets', 400],
    ['GET', 'dead-letters/nowhere', 404],
    ['GET', 'dead-letters/..%2F..', 404],
    ['POST', 'settings', 405],
    ['PUT', 'enqueue', 405],
    ['DELETE', 'runs/a', 405],
  ])('%s %s is %i', async (method, path, status) => {
    const bench = await startConsoleBench();
    const headers = { origin: bench.url, ...JSON_TYPE };
    const reply = await askConsole(bench.api(path), {
      method,
      headers,
      ...(method === 'POST' && { body: '{}' }),
    });
    expect(reply.status).toBe(status);
    expect(reply.json.error).toEqual({ code: expect.any(String), message: expect.any(String) });
  });

  it.each([
    ['no JSON', '{', 400],
    ['no object', '[]', 400],
    ['no task', { payload: {} }, 404],
    ['a task that there is not', { task: 'nothing', payload: {} }, 404],
    [
      'a payload that its schema refuses',
      { task: 'ship', payload: { order_id: '', lines: [{ sku: 1 }] } },
      422,
    ],
    ['no payload', { task: 'ship' }, 422],
    ['a group that is none', { ...ORDER, groupId: 7 }, 400],
    [
      'a payload over SQS’s limit',
      { task: 'ship', payload: { order_id: 'x'.repeat(1_048_500), lines: [] } },
      413,
    ],
    ['a body over the limit', `{"task":"ship","payload":"${'x'.repeat(2_000_000)}"}`, 413],
  ])('enqueues nothing for %s', async (_, body, status) => {
    const { api } = await startConsoleBench();
    expect((await postConsole(api('enqueue'), body)).status).toBe(status);
  });

  it('names what a schema refuses by its path', async () => {
    const { api } = await startConsoleBench();
    const body = { task: 'ship', payload: { order_id: 'o-1', lines: [{ sku: 'a' }, { sku: 1 }] } };
    const { json } = await postConsole(api('enqueue'), body);
    expect(json.error).toMatchObject({
      code: 'invalid_payload',
      issues: [{ path: 'lines[1].sku' }],
    });
  });

  it('purges nothing without the queue’s name', async () => {
    const { api } = await startConsoleBench();
    for (const body of [{}, { confirm: 'Default' }, { confirm: true }]) {
      expect((await postConsole(api('dead-letters/default/purge'), body)).status).toBe(400);
    }
    expect(
      (await postConsole(api('dead-letters/default/purge'), { confirm: 'default' })).status,
    ).toBe(200);
  });

  it.each([[[]], [['']], [[1]], ['all'], [Array.from({ length: 501 }, (_, n) => `m${n}`)]])(
    'redrives nothing for ids that are none',
    async (ids) => {
      const { api } = await startConsoleBench();
      expect((await postConsole(api('dead-letters/default/redrive'), { ids })).status).toBe(400);
    },
  );
});

it('tells nobody what the environment holds', async () => {
  const secret = 'tok_5ecret5ecret';
  process.env['ONEUPTIME_TOKEN'] = secret;
  process.env['AWS_SESSION_TOKEN'] = secret;
  try {
    const { api } = await startConsoleBench();
    const paths = [
      'settings',
      'overview',
      'tasks',
      'runs',
      'contracts',
      'dead-letters/default',
      'nothing',
    ];
    const replies = await Promise.all(paths.map((path) => askConsole(api(path))));
    for (const { text, headers } of replies) {
      expect(text + JSON.stringify(headers)).not.toContain(secret);
      expect(headers['cache-control']).toBe('no-store');
    }
  } finally {
    delete process.env['ONEUPTIME_TOKEN'];
    delete process.env['AWS_SESSION_TOKEN'];
  }
});
