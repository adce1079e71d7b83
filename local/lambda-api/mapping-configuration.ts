import type { EventSourceMapping } from '../event-source-mapping/event-source-mapping.ts';
import type { EventSourceMappingDescription } from '../stack-description.ts';
import { functionArn, type LambdaAccount } from './find-function.ts';

export interface MappedQueue {
  description: EventSourceMappingDescription;
  queueArn: string;
  running: EventSourceMapping;
  /** Epoch milliseconds. */
  modifiedAt: number;
}

type MappingState = EventSourceMapping['state'] | 'Enabling';

/** An EventSourceMappingConfiguration. */
export function mappingConfiguration(
  { description, queueArn, running, modifiedAt }: MappedQueue,
  account: LambdaAccount,
  state: MappingState = running.state,
): object {
  const { uuid, functionName, maximumConcurrency, reportBatchItemFailures } = description;
  const { region, accountId } = account;
  return {
    UUID: uuid,
    EventSourceMappingArn: `arn:aws:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
    EventSourceArn: queueArn,
    FunctionArn: functionArn(functionName, account),
    BatchSize: description.batchSize ?? 10,
    MaximumBatchingWindowInSeconds: description.maximumBatchingWindowSeconds ?? 0,
    ...(maximumConcurrency !== undefined && {
      ScalingConfig: { MaximumConcurrency: maximumConcurrency },
    }),
    FunctionResponseTypes: reportBatchItemFailures === true ? ['ReportBatchItemFailures'] : [],
    State: state,
    StateTransitionReason: 'USER_INITIATED',
    LastModified: modifiedAt / 1000,
  };
}
