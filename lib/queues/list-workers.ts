import {
  type EventSourceMappingConfiguration,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import type { AwsClients } from './aws-clients.ts';
import type { QueueOptions } from './queue-source.ts';
import { type PatienceOptions, readPatiently } from './read-patiently.ts';

type Worker = Pick<QueueOptions, 'worker' | 'mapping'>;

/** Who consumes which queue, by SQS name. Where a queue has several mappings, one that is not disabled. */
export async function listWorkers(
  clients: Pick<AwsClients, 'lambda'>,
  patience: PatienceOptions,
): Promise<ReadonlyMap<string, Worker>> {
  const mappings = await listMappings(clients, patience);
  const workers = new Map<string, Worker>();
  const disabledFirst = [...mappings].sort(
    (a, b) => Number(b.State === 'Disabled') - Number(a.State === 'Disabled'),
  );
  for (const { EventSourceArn, FunctionArn, UUID } of disabledFirst) {
    // arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]
    const worker = FunctionArn?.split(':')[6];
    const sqsName = EventSourceArn?.startsWith('arn:') ? EventSourceArn.split(':')[5] : undefined;
    if (sqsName === undefined) continue;
    workers.set(sqsName, { ...(worker && { worker }), ...(UUID && { mapping: UUID }) });
  }
  return workers;
}

async function listMappings(
  clients: Pick<AwsClients, 'lambda'>,
  patience: PatienceOptions,
): Promise<EventSourceMappingConfiguration[]> {
  const lambda = await clients.lambda();
  const mappings: EventSourceMappingConfiguration[] = [];
  let Marker: string | undefined;
  do {
    const command = new ListEventSourceMappingsCommand({
      MaxItems: 100,
      ...(Marker && { Marker }),
    });
    const page = await readPatiently(
      (abortSignal) => lambda.send(command, { abortSignal }),
      patience,
    );
    mappings.push(...(page.EventSourceMappings ?? []));
    Marker = page.NextMarker;
  } while (Marker);
  return mappings;
}
