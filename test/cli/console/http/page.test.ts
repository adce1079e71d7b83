import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { startConsoleBench } from '../../../support/console-bench.ts';
import { askConsole } from '../../../support/console-request.ts';

async function startWithPage() {
  const directory = await mkdtemp(join(tmpdir(), 'leadline-page-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const pageDirectory = join(directory, 'console');
  await mkdir(join(pageDirectory, 'assets'), { recursive: true });
  await writeFile(join(directory, 'secret.js'), 'secret');
  await writeFile(join(pageDirectory, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(pageDirectory, 'assets/index-abc.js'), 'export {};');
  await writeFile(join(pageDirectory, 'assets/index-abc.js.br'), brotliCompressSync('export {};'));
  await writeFile(join(pageDirectory, 'assets/style-abc.css'), 'a{}');
  await writeFile(join(pageDirectory, 'assets/notes.txt'), 'notes');
  await writeFile(join(pageDirectory, 'assets/.hidden.js'), 'secret');
  return { ...(await startConsoleBench({ pageDirectory })), pageDirectory };
}

it('serves the page with rules that let nothing in from elsewhere', async () => {
  const { url } = await startWithPage();
  const { status, headers, text } = await askConsole(`${url}/`);
  expect([status, text]).toEqual([200, '<!doctype html><title>page</title>']);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
});

it('is asked again for a page that may have changed, and never for what has a hash in its name', async () => {
  const { url, pageDirectory } = await startWithPage();
  const { headers } = await askConsole(`${url}/?from=elsewhere`);
  const asked = { 'if-none-match': String(headers.etag) };
  expect((await askConsole(`${url}/`, { headers: asked })).status).toBe(304);
  await writeFile(join(pageDirectory, 'index.html'), 'another');
  expect((await askConsole(`${url}/`, { headers: asked })).text).toBe('another');

  const script = await askConsole(`${url}/assets/index-abc.js`);
  expect(script.headers).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(script.headers['content-encoding']).toBeUndefined();
});

it('sends what the build has compressed to whoever takes it', async () => {
  const { url } = await startWithPage();
  const headers = { 'accept-encoding': 'gzip, deflate, br' };
  const script = await askConsole(`${url}/assets/index-abc.js`, { headers });
  expect(script.headers).toMatchObject({
    'content-encoding': 'br',
    vary: 'accept-encoding',
    'content-length': String(brotliCompressSync('export {};').length),
  });
  const style = await askConsole(`${url}/assets/style-abc.css`, { headers });
  expect([style.text, style.headers['content-encoding']]).toEqual(['a{}', undefined]);
});

it.each([
  '/assets/../secret.js',
  '/assets/..%2F..%2Fsecret.js',
  '/assets/%2e%2e/%2e%2e/secret.js',
  '/assets//etc/passwd',
  '/assets/.hidden.js',
  '/assets/notes.txt',
  '/assets/gone.js',
  '/assets/',
  '/package.json',
])('serves nothing at %s', async (path) => {
  const { url } = await startWithPage();
  const { status, text } = await askConsole(`${url}${path}`);
  expect(status).toBe(404);
  expect(text).not.toMatch(/^secret|notes$/);
});

it('answers HEAD without a body, and refuses to change a page', async () => {
  const { url } = await startWithPage();
  const head = await askConsole(`${url}/`, { method: 'HEAD' });
  expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', '34']);
  const headers = { origin: url, 'content-type': 'application/json' };
  expect((await askConsole(`${url}/`, { method: 'POST', headers, body: {} })).status).toBe(405);
});

it('says what builds the page where there is none, and the API answers', async () => {
  const { url, api } = await startConsoleBench();
  const { status, text, headers } = await askConsole(`${url}/`);
  expect([status, headers['content-type']]).toEqual([503, 'text/plain; charset=utf-8']);
  expect(text).toMatch(/not built yet: .*npm start.* node scripts\/build-console\.ts/);
  expect((await askConsole(api('settings'))).status).toBe(200);
});
