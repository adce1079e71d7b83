import { redact } from '../../../lib/instrumentation/redact.ts';
import { sqsNameOf } from '../../../lib/queues/queue-source.ts';
import type { QueueReading, Reading } from '../../../lib/queues/resolve-redrive.ts';
import type { QueueFigures } from '../console-api.ts';
import type { WorkerFigures } from './worker-figures.ts';

/** What is known of a queue beside its own attributes. */
export interface KnownOfQueue {
  /** What was read before: it stands where a reading fails. */
  before?: QueueFigures | undefined;
  figures?: WorkerFigures | undefined;
  enabled?: boolean | undefined;
}

export function describeReading(
  { name, sqsName, dlqUrl, worker, own, deadLetters }: QueueReading,
  { before, figures, enabled }: KnownOfQueue,
  now: number,
): QueueFigures {
  const attributes = attributesOf(own);
  const dead = attributesOf(deadLetters);
  const failed = [own, deadLetters].find((reading) => reading !== undefined && 'error' in reading);
  // The queue's own attributes name it, so that where these cannot be read it is not known.
  const dlq = dlqUrl === undefined ? (attributes ? undefined : before?.dlq) : sqsNameOf(dlqUrl);
  const waits = (attributes?.visible ?? 0) > 0;
  const active = attributes && attributes.visible + attributes.inFlight > 0 ? figures?.active : 0;
  return {
    name,
    sqsName,
    fifo: sqsName.endsWith('.fifo'),
    depth: attributes?.visible ?? before?.depth ?? 0,
    inFlight: attributes?.inFlight ?? before?.inFlight ?? 0,
    delayed: attributes?.delayed ?? before?.delayed ?? 0,
    // Whoever looks at dead letters has them in flight for a moment.
    dead: dead ? dead.visible + dead.inFlight + dead.delayed : (before?.dead ?? 0),
    ...(waits &&
      figures?.oldestAgeSeconds !== undefined && { oldestAgeSeconds: figures.oldestAgeSeconds }),
    ...(dlq !== undefined && { dlq }),
    workers:
      worker === undefined
        ? []
        : [
            {
              functionName: worker,
              ...(active !== undefined && { active }),
              ...(enabled !== undefined && { enabled }),
            },
          ],
    readAt: attributes ? now : (before?.readAt ?? 0),
    ...(failed && 'error' in failed && { error: describeAwsError(failed.error) }),
  };
}

function attributesOf(reading: Reading | undefined) {
  return reading !== undefined && 'attributes' in reading ? reading.attributes : undefined;
}

/** For the page: what AWS says may quote the request with its session token. */
export function describeAwsError(error: unknown): string {
  const { name = 'Error', message = String(error) } = error as Partial<Error>;
  return redact(`${name}: ${message}`).slice(0, 500);
}
