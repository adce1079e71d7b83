import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { notFound } from './console-refusal.ts';

/** What Vite puts a hash into the name of: the name's content never changes. */
const ASSET = /^\/assets\/[\w-][\w.-]*$/;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** The smaller first. */
const ENCODINGS = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/**
 * Answers with a file of the built page, compressed where the build has left it so.
 *
 * @param directory of the built page.
 * @throws ConsoleRefusal for what is not there.
 */
export async function servePage(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  directory: string,
): Promise<void> {
  const isIndex = path === '/';
  const type = TYPES[isIndex ? '.html' : extname(path)];
  if ((!isIndex && !ASSET.test(path)) || type === undefined) throw notFound(`There is no ${path}.`);
  const file = join(directory, isIndex ? 'index.html' : path.slice(1));
  const found = await readCompressed(file, request.headers['accept-encoding']);
  if (found === undefined) {
    if (isIndex) return sendNotBuilt(response);
    throw notFound(`There is no ${path}.`);
  }
  const { bytes, encoding } = found;
  const etag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
  const headers = {
    'content-type': type,
    'cache-control': isIndex ? 'no-cache' : 'public, max-age=31536000, immutable',
    etag,
    vary: 'accept-encoding',
  };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, {
    ...headers,
    'content-length': bytes.length,
    ...(encoding !== undefined && { 'content-encoding': encoding }),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

async function readCompressed(file: string, accepted: string | string[] | undefined) {
  // A weight of 0 would say that it is not wanted; no browser sends one.
  const wanted = new Set(
    String(accepted ?? '')
      .split(',')
      .map((each) => each.split(';')[0]?.trim()),
  );
  for (const [encoding, ending] of ENCODINGS) {
    if (!wanted.has(encoding)) continue;
    const bytes = await readFile(file + ending).catch(() => undefined);
    if (bytes !== undefined) return { bytes, encoding };
  }
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && { bytes, encoding: undefined };
}

/** A browser asks again by itself: npm start builds the page beside the running stack. */
function sendNotBuilt(response: ServerResponse): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2', refresh: '2' };
  response.writeHead(503, headers);
  response.end(
    'The console is not built yet: npm start builds it, and so does node scripts/build-console.ts.\n',
  );
}
