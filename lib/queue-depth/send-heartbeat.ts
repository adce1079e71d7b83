import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { ReadSecretText } from '../queues/secret-text.ts';
import type { Log } from '../task/task-context.ts';

const BOUND_MS = 3_000;

/**
 * One GET that says the depth function is alive. Nothing of it is compressed, which OneUptime does
 * not take here. The address is a secret: no warning names it. Never rejects.
 */
export async function sendHeartbeat(readUrl: ReadSecretText, log: Log): Promise<void> {
  try {
    const url = await readUrl();
    if (url === undefined) return;
    const status = await getStatus(new URL(url));
    if (status < 200 || status > 299) {
      log.warn('the heartbeat was not taken', { [ERROR_TYPE]: String(status) });
    }
  } catch (error) {
    // Not its message: those of URLs and sockets quote the address.
    const { code } = error as { code?: unknown };
    const type = typeof code === 'string' ? code : errorType(error);
    log.warn('the heartbeat was not taken', { [ERROR_TYPE]: type });
  }
}

function getStatus(url: URL): Promise<number> {
  const get = url.protocol === 'http:' ? getHttp : getHttps;
  return new Promise((resolve, reject) => {
    const request = get(url, { signal: AbortSignal.timeout(BOUND_MS) }, (response) => {
      // Read to its end, so that the connection can be used again.
      response.on('close', () => resolve(response.statusCode ?? 0)).resume();
    });
    request.on('error', reject);
  });
}
