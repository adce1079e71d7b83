import type { SQSClient } from '@aws-sdk/client-sqs';
import {
  type EventSourceMapping,
  startEventSourceMapping,
} from './event-source-mapping/event-source-mapping.ts';
import type { LambdaService } from './lambda/lambda-service.ts';
import type { SqsServer } from './sqs/sqs-server.ts';
import type { StackDescription } from './stack-description.ts';

/** Short, so that a stop with running tasks stays under 2 s in all. */
const DRAIN_MS = 200;

interface MappingParts {
  sqs: SqsServer;
  sqsClient: SQSClient;
  lambda: LambdaService;
  region: string;
  onWarning: (message: string) => void;
}

/** By queue name. */
export function startMappings(
  { eventSourceMappings, functions }: StackDescription,
  { sqs, sqsClient, lambda, region, onWarning }: MappingParts,
): Map<string, EventSourceMapping> {
  const concurrency = new Map(
    functions.map(({ functionName, reservedConcurrency }) => [functionName, reservedConcurrency]),
  );
  return new Map(
    eventSourceMappings.map((mapping) => {
      const functionConcurrency = concurrency.get(mapping.functionName);
      const started = startEventSourceMapping({
        mapping,
        queueUrl: sqs.queueUrl(mapping.queueName),
        queueArn: sqs.queueArn(mapping.queueName),
        region,
        client: sqsClient,
        invoke: lambda.invoke,
        drainMilliseconds: DRAIN_MS,
        onWarning,
        ...(functionConcurrency !== undefined && { functionConcurrency }),
      });
      return [mapping.queueName, started];
    }),
  );
}
