import { CLOUDWATCH_TARGET } from './cloudwatch/cloudwatch-api.ts';
import type { RequestListener } from './front-server.ts';

/** Tells the requests to CloudWatch from those to Lambda, as SQS's are told at the one AWS endpoint. */
export function createAwsServices(services: {
  cloudWatch: RequestListener;
  lambda: RequestListener;
}): RequestListener {
  return (request, response) => {
    const isCloudWatch = String(request.headers['x-amz-target']).startsWith(CLOUDWATCH_TARGET);
    if (isCloudWatch) return services.cloudWatch(request, response);
    if (request.url?.startsWith('/2015-03-31/')) return services.lambda(request, response);
    const message =
      'Only SQS, CloudWatch and Lambda are served here, in the protocols of the AWS SDK.';
    response.writeHead(400, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ __type: 'UnknownOperationException', message }));
  };
}
