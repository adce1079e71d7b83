import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface AwsCall {
  /** `AmazonSSM.GetParameter`, `secretsmanager.GetSecretValue` */
  target: string;
  input: Record<string, unknown>;
}

export interface AwsApi {
  /** For AWS_ENDPOINT_URL_SSM and its like. */
  endpoint: string;
  calls: AwsCall[];
  /** From now on; undefined hangs. */
  answer(next: AwsAnswer): void;
}

export type AwsAnswer = { status?: number; body: object } | undefined;

/** A service that speaks AWS's JSON protocol, for the length of the test. */
export async function startAwsApi(first: AwsAnswer): Promise<AwsApi> {
  const calls: AwsCall[] = [];
  let current = first;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      calls.push({ target: String(request.headers['x-amz-target']), input: JSON.parse(body) });
      if (current === undefined) return;
      response.writeHead(current.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(current.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answer: (next) => {
      current = next;
    },
  };
}
