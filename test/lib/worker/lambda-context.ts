import type { Context } from 'aws-lambda';

let invocations = 0;

/** The context that Lambda hands to a handler. */
export function lambdaContext(remainingMs: number): Context {
  const end = Date.now() + remainingMs;
  invocations += 1;
  return {
    functionName: 'process-tasks',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:process-tasks',
    memoryLimitInMB: '512',
    awsRequestId: `request-${invocations}`,
    logGroupName: '/aws/lambda/process-tasks',
    logStreamName: 'instance',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => end - Date.now(),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  };
}
