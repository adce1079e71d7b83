import { type IncomingHttpHeaders, request } from 'node:http';

export interface ConsoleReply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
  readonly json: any;
}

export interface ConsoleRequest {
  method?: string;
  headers?: Record<string, string>;
  /** As JSON; a string as it is. */
  body?: unknown;
}

/** A request with the headers that it says and no other: fetch refuses to set Host and Origin. */
export function askConsole(url: string, options: ConsoleRequest = {}): Promise<ConsoleReply> {
  const { method = 'GET', headers = {}, body } = options;
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          get json() {
            return JSON.parse(text);
          },
        });
      });
    });
    sent.on('error', reject);
    sent.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
  });
}

/** What the page sends. */
export function postConsole(url: string, body: unknown): Promise<ConsoleReply> {
  const headers = { origin: new URL(url).origin, 'content-type': 'application/json' };
  return askConsole(url, { method: 'POST', headers, body });
}
