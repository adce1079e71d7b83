import type { AwsClients } from '../../../lib/queues/aws-clients.ts';
import type { CallLimit, ReadLimits } from '../../../lib/queues/call-limit.ts';
import { INTERVAL_FIGURES, OLDEST_AGE } from '../../../lib/queues/figures.ts';
import type { FigureQueue } from '../../../lib/queues/read-figures.ts';
import { readFigures } from '../../../lib/queues/read-figures.ts';
import { readPatiently } from '../../../lib/queues/read-patiently.ts';
import type { ReadingPace } from '../console-source.ts';

/** What SQS does not say of a queue. */
export interface WorkerFigures {
  oldestAgeSeconds?: number;
  /** Instances of its worker that run. */
  active?: number;
}

/** A period may be missing: the newest of some is shown. */
const PERIODS = 3;
const ACTIVE = INTERVAL_FIGURES.filter(({ gauge }) => gauge === 'workers.active');

/**
 * By queue name, the newest datapoint of those that CloudWatch has: of a queue without messages
 * nothing is asked. A figure that cannot be read is absent.
 *
 * @throws where the SDK's client is not installed.
 */
export async function readWorkerFigures(
  queues: readonly FigureQueue[],
  clients: AwsClients,
  limits: Pick<ReadLimits, 'cloudWatch'>,
  { cloudWatch: { periodMs, lagMs } }: ReadingPace,
): Promise<Map<string, WorkerFigures>> {
  const toMs = Math.floor((Date.now() - lagMs) / periodMs) * periodMs;
  const window = { fromMs: toMs - PERIODS * periodMs, toMs };
  const plan = {
    busy: [OLDEST_AGE, ...ACTIVE],
    quiet: [],
    newest: window,
    interval: window,
    probe: window,
    periodMs,
  };
  const { points } = await readFigures(queues, plan, clients, { limit: limits.cloudWatch });
  const figures = new Map<string, WorkerFigures>();
  for (const { gauge, queue, value } of points.sort((a, b) => a.timeMs - b.timeMs)) {
    const known = figures.get(queue) ?? {};
    if (gauge === 'queue.oldest_message.age') known.oldestAgeSeconds = value;
    if (gauge === 'workers.active') known.active = value;
    figures.set(queue, known);
  }
  return figures;
}

/** Whether an event source mapping takes messages; undefined when Lambda does not say. */
export async function isMappingEnabled(
  uuid: string,
  clients: Pick<AwsClients, 'lambda'>,
  limit: CallLimit,
): Promise<boolean | undefined> {
  try {
    const { GetEventSourceMappingCommand } = await import('@aws-sdk/client-lambda');
    const lambda = await clients.lambda();
    const { State } = await readPatiently(
      (abortSignal) =>
        lambda.send(new GetEventSourceMappingCommand({ UUID: uuid }), { abortSignal }),
      { limit },
    );
    return State === undefined ? undefined : /^(Enabled|Enabling|Updating|Creating)$/.test(State);
  } catch {
    return undefined;
  }
}
