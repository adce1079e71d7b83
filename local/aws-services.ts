import { CLOUDWATCH_TARGET } from './cloudwatch/cloudwatch-api.ts';
import { DYNAMODB_TARGET } from './dynamodb/start-dynamodb.ts';
import type { RequestListener } from './front-server.ts';

/** Tells the requests to the services apart, as SQS's are told at the one AWS endpoint. */
export function createAwsServices(services: {
  cloudWatch: RequestListener;
  /** @default none, without a table */
  dynamoDb?: RequestListener | undefined;
  lambda: RequestListener;
  /** @default refused */
  scheduler?: RequestListener;
}): RequestListener {
  return (request, response) => {
    const target = String(request.headers['x-amz-target']);
    if (target.startsWith(CLOUDWATCH_TARGET)) return services.cloudWatch(request, response);
    if (target.startsWith(DYNAMODB_TARGET) && services.dynamoDb !== undefined) {
      return services.dynamoDb(request, response);
    }
    if (request.url?.startsWith('/2015-03-31/')) return services.lambda(request, response);
    if (services.scheduler && /^\/schedules([/?]|$)/.test(request.url ?? '')) {
      return services.scheduler(request, response);
    }
    const message =
      'Only SQS, CloudWatch, Lambda, EventBridge Scheduler and, in a stack with a table, DynamoDB are served here, in the protocols of the AWS SDK.';
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ __type: 'UnknownOperationException', message }));
  };
}
