import type { IncomingMessage } from 'node:http';
import { ConsoleRefusal } from './console-refusal.ts';
import { refuseForeign } from './refuse-foreign.ts';

/**
 * Lets through what comes from the console's own page or from a program of this machine. A request
 * that changes something has to show by its Origin that it is the page's: a browser sends one with
 * every POST, and a form of another site cannot send JSON.
 *
 * @throws ConsoleRefusal
 */
export function checkRequest(request: IncomingMessage): void {
  const { method = 'GET', headers, socket } = request;
  const foreign = refuseForeign(request);
  if (foreign !== undefined) throw refuse(foreign);
  const [, port = '80'] = /:(\d+)$/.exec(headers.host ?? '') ?? [];
  if (Number(port) !== socket.localPort)
    throw refuse('The Host has another port than this server.');
  // A page of another port of this machine is another origin, and the same site.
  const site = headers['sec-fetch-site'];
  if (site === 'same-site') throw refuse('Requests of other origins are refused.');
  if (method === 'GET' || method === 'HEAD') return;
  if (headers.origin !== `http://${headers.host}`) {
    throw refuse('A request that changes something needs the Origin of this page.');
  }
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new ConsoleRefusal(415, 'unsupported_media_type', 'Send content-type: application/json.');
  }
}

function refuse(message: string): ConsoleRefusal {
  return new ConsoleRefusal(403, 'foreign', message);
}
