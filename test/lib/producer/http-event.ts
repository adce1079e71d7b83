import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';

export interface HttpEventInput {
  task?: string;
  body?: string;
  isBase64Encoded?: boolean;
  headers?: Record<string, string>;
}

/** What an HTTP API hands to a function for POST /tasks/{task}, payload format 2.0. */
export function httpEvent(input: HttpEventInput): APIGatewayProxyEventV2 {
  const { task = 'process_order', body, isBase64Encoded = false, headers = {} } = input;
  const path = `/tasks/${task}`;
  return {
    version: '2.0',
    routeKey: 'POST /tasks/{task}',
    rawPath: path,
    rawQueryString: '',
    headers: { 'content-type': 'application/json', ...headers },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.example.com',
      domainPrefix: 'api',
      http: {
        method: 'POST',
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '203.0.113.1',
        userAgent: 'curl',
      },
      requestId: 'gateway-request',
      routeKey: 'POST /tasks/{task}',
      stage: '$default',
      time: '01/Mar/2026:12:00:00 +0000',
      timeEpoch: 1_772_366_400_000,
    },
    pathParameters: { task },
    ...(body !== undefined && { body }),
    isBase64Encoded,
  };
}

/** Lambda's context object, as far as it is read. */
export function lambdaContext(): Context {
  return {
    awsRequestId: 'request-1',
    functionName: 'enqueue-task',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:enqueue-task',
    memoryLimitInMB: '128',
    logGroupName: 'group',
    logStreamName: 'stream',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => 2_500,
    done() {},
    fail() {},
    succeed() {},
  };
}
