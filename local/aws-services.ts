import { CLOUDWATCH_TARGET } from './cloudwatch/cloudwatch-api.ts';
import type { RequestListener } from './front-server.ts';

/** Tells the requests to each service, as SQS's are told at the one AWS endpoint. */
export function createAwsServices(services: {
  cloudWatch: RequestListener;
  lambda: RequestListener;
  /** @default refused */
  scheduler?: RequestListener;
}): RequestListener {
  return (request, response) => {
    const isCloudWatch = String(request.headers['x-amz-target']).startsWith(CLOUDWATCH_TARGET);
    if (isCloudWatch) return services.cloudWatch(request, response);
    if (request.url?.startsWith('/2015-03-31/')) return services.lambda(request, response);
    if (services.scheduler && /^\/schedules([/?]|$)/.test(request.url ?? '')) {
      return services.scheduler(request, response);
    }
    const message =
      'Only SQS, CloudWatch, Lambda and EventBridge Scheduler are served here, in the protocols of the AWS SDK.';
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ __type: 'UnknownOperationException', message }));
  };
}
