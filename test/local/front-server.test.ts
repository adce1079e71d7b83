import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FrontServer, startFrontServer } from '../../local/front-server.ts';

let front: FrontServer;
const served: string[] = [];
beforeAll(async () => {
  const listener = (name: string) => (incoming: { url?: string }, response: { end(): void }) => {
    served.push(`${name} ${incoming.url}`);
    response.end();
  };
  front = await startFrontServer(0, {
    otlp: listener('otlp'),
    tell: listener('tell'),
    api: listener('api'),
  } as never);
});
afterAll(() => front.stop());

function statusOf(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${front.url}${path}`, { method: 'POST', headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

it('serves OTLP below /otlp, tells what it is, and the API everywhere else', async () => {
  const paths = ['/otlp/v1/traces', '/otlpx', '/.leadline', '/.leadlinex', '/tasks/a'];
  for (const path of paths) await statusOf(path);
  expect(served.splice(0)).toEqual([
    'otlp /otlp/v1/traces',
    'api /otlpx',
    'tell /.leadline',
    'api /.leadlinex',
    'api /tasks/a',
  ]);
});

it.each([
  ['a name that was made to point here', { host: 'evil.example' }],
  ['a form of another site', { origin: 'http://evil.example' }],
  ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ['a sandboxed page', { origin: 'null' }],
])('refuses %s', async (_, headers) => {
  expect(await statusOf('/tasks/process_order', headers)).toBe(403);
  expect(await statusOf('/.leadline', headers)).toBe(403);
  expect(served.splice(0)).toEqual([]);
});

it('serves localhost by any of its names, and its own pages', async () => {
  const port = new URL(front.url).port;
  const own = [{ host: `localhost:${port}` }, { host: `[::1]:${port}` }, { origin: front.url }];
  for (const headers of own) expect(await statusOf('/tasks/a', headers as never)).toBe(200);
});
