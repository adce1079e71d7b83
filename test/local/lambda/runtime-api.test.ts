import { expect, onTestFinished, test } from 'vitest';
import { createInvocation } from '../../../local/lambda/invocation.ts';
import { createRuntimeApi } from '../../../local/lambda/runtime-api.ts';

async function startApi() {
  const ready = Promise.withResolvers<void>();
  const arn = 'arn:aws:lambda:us-east-1:000000000000:function:f';
  const api = createRuntimeApi(
    { functionName: 'f', accountId: '000000000000', functionArn: arn },
    {
      onReady: () => ready.resolve(),
      onAnswer: () => {},
      onInitError: () => {},
      onExtensionError: () => {},
    },
  );
  const base = `http://${await api.listen()}`;
  onTestFinished(() => api.close());
  const url = (path: string) => `${base}/2018-06-01/runtime${path}`;
  const post = (path: string, body = '{}') => fetch(url(path), { method: 'POST', body });
  return { api, ready: ready.promise, arn, url, post };
}

test('next answers with the event and every documented header', async () => {
  const { api, ready, arn, url, post } = await startApi();
  const next = fetch(url('/invocation/next'));
  await ready;
  const invocation = createInvocation('{"ü":1}');
  api.deliver(invocation, 1_700_000_000_123);
  const response = await next;
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'lambda-runtime-aws-request-id': invocation.requestId,
    'lambda-runtime-deadline-ms': '1700000000123',
    'lambda-runtime-invoked-function-arn': arn,
    'lambda-runtime-trace-id': invocation.traceHeader,
  });
  expect(await response.text()).toBe('{"ü":1}');
  const accepted = await post(`/invocation/${invocation.requestId}/response`, '"done"');
  expect(accepted.status).toBe(202);
  expect(await accepted.json()).toEqual({ status: 'OK' });
  expect(await invocation.result).toEqual({ requestId: invocation.requestId, payload: '"done"' });
});

test('what the runtime may not do is refused as Lambda refuses it', async () => {
  const { api, ready, url, post } = await startApi();
  expect((await post('/invocation/none/response')).status).toBe(400);
  const next = fetch(url('/invocation/next'));
  await ready;
  expect((await fetch(url('/invocation/next'))).status).toBe(403);
  expect((await post('/init/error')).status).toBe(403);
  const invocation = createInvocation('{}');
  api.deliver(invocation, Date.now());
  await next;
  const early = await fetch(url('/invocation/next'));
  expect(early.status).toBe(403);
  expect(await early.json()).toMatchObject({ errorType: 'InvalidStateTransition' });
  const wrong = await post('/invocation/other/error');
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toEqual({
    errorMessage: 'Invalid request ID',
    errorType: 'InvalidRequestID',
  });
  expect((await post(`/invocation/${invocation.requestId}/error`)).status).toBe(202);
  expect((await post(`/invocation/${invocation.requestId}/response`)).status).toBe(400);
  expect(await invocation.result).toMatchObject({ functionError: 'Unhandled' });
  expect((await fetch(url('/nothing'))).status).toBe(404);
});
