import type { IncomingMessage } from 'node:http';

const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Why a request is not to be served: it comes from a web page of another site, through a form or
 * a name that was made to point to this machine (DNS rebinding). Undefined when it may pass.
 */
export function refuseForeign({ headers }: IncomingMessage): string | undefined {
  const { host = '', origin } = headers;
  if (!OWN_HOST.test(host)) return 'The Host has to be 127.0.0.1 or localhost.';
  if (headers['sec-fetch-site'] === 'cross-site') return 'Requests of other sites are refused.';
  if (origin !== undefined && origin !== `http://${host}`) {
    return 'Requests of other origins are refused.';
  }
  return undefined;
}
