import { channel } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { onTestFinished } from 'vitest';

/** Every HTTP request of this process to there, from now on. */
export function noteRequests(endpoint: string): ClientRequest[] {
  const { host } = new URL(endpoint);
  const requests: ClientRequest[] = [];
  const started = channel('http.client.request.start');
  const onStart = (message: unknown) => {
    const { request } = message as { request: ClientRequest };
    if (request.getHeader('host') === host) requests.push(request);
  };
  started.subscribe(onStart);
  onTestFinished(() => void started.unsubscribe(onStart));
  return requests;
}
