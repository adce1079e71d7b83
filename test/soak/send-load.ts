import { taskName } from './functions/tasks/soak-task.ts';
import type { PlannedMessage } from './plan-messages.ts';

/** A message that the API has answered for with 202. */
export interface AcceptedMessage extends PlannedMessage {
  id: string;
}

export interface Load {
  accepted: readonly AcceptedMessage[];
  /** Answers other than 202, by status. Such a message is sent again, as any caller would. */
  refused: ReadonlyMap<number | string, number>;
  /** Resolves when everything is accepted, rejects when the signal fires. */
  done: Promise<void>;
}

const REQUEST_TIMEOUT_MS = 15_000;

export interface LoadPace {
  parallel: number;
  signal: AbortSignal;
  /** The next message waits for it. */
  onAccepted: (message: AcceptedMessage) => Promise<void>;
}

/** POSTs every message, so many at a time, over kept connections. */
export function sendLoad(
  url: string,
  messages: readonly PlannedMessage[],
  { parallel, signal, onAccepted }: LoadPace,
): Load {
  const accepted: AcceptedMessage[] = [];
  const refused = new Map<number | string, number>();
  const waiting = [...messages].reverse();

  const work = async (): Promise<void> => {
    for (let message = waiting.pop(); message !== undefined; message = waiting.pop()) {
      signal.throwIfAborted();
      const answer = await post(url, message, signal);
      if (typeof answer === 'object') {
        const known = { ...message, id: answer.id };
        accepted.push(known);
        await onAccepted(known);
      } else {
        refused.set(answer, (refused.get(answer) ?? 0) + 1);
        waiting.push(message);
      }
    }
  };
  const done = Promise.all(Array.from({ length: parallel }, work)).then(() => {});
  return { accepted, refused, done };
}

async function post(
  url: string,
  { queue, acts, idempotent }: PlannedMessage,
  signal: AbortSignal,
): Promise<{ id: string } | number | string> {
  try {
    const response = await fetch(`${url}/tasks/${taskName(queue, idempotent)}`, {
      method: 'POST',
      body: JSON.stringify({ acts }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
    });
    const body = await response.text();
    return response.status === 202 ? (JSON.parse(body) as { id: string }) : response.status;
  } catch (error) {
    signal.throwIfAborted();
    return (error as Error).name;
  }
}
