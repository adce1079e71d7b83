/** Which queues are read: those named, or those found below a prefix. */
export type QueueSource =
  | { readonly queues: Readonly<Record<string, QueueOptions>> }
  /** Of SQS names; a queue's logical name is what follows it. */
  | { readonly prefix: string };

/** One queue, as `QUEUES` has it. */
export interface QueueOptions {
  readonly url: string;
  readonly dlqUrl?: string;
  /** Name of the function that consumes it. @default its worker is not looked at */
  readonly worker?: string;
  /** UUID of the worker's event source mapping. */
  readonly mapping?: string;
}

/** A queue that is there, before anything was read of it. */
export interface ListedQueue extends QueueOptions {
  /** Logical: `queue.name`. */
  readonly name: string;
  /** The last part of its URL. */
  readonly sqsName: string;
}

export function sqsNameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
