import { type Item, numberOf, textOf } from './attribute-values.ts';
import { hashedKey, sha256 } from './keys.ts';
import type { TableCalls } from './table-calls.ts';

/** A request that a caller may send again: `Idempotency-Key` of POST /tasks/{task}. */
export interface KeyedRequest {
  task: string;
  key: string;
  /** The payload as it will be sent. */
  payload: unknown;
  /** The id that its message gets, if this is the first request of the key. */
  id: string;
}

export type KeyClaim =
  /** To be sent, by the id that the first request got. */
  | { kind: 'send'; id: string }
  | { kind: 'sent'; id: string; queue: string; traceId?: string }
  /** The same key with another payload. */
  | { kind: 'conflict' }
  /** Another request is sending it right now. */
  | { kind: 'busy'; retryAfterSeconds: number };

/** Keys of callers, so that a request that is sent again enqueues nothing twice. */
export interface IdempotencyKeys {
  /** @throws StateUnavailable; RangeError for a payload that is nested too deeply. */
  claim(request: KeyedRequest): Promise<KeyClaim>;
  /** SQS has the message. */
  confirm(request: KeyedRequest, sent: { queue: string; traceId?: string }): Promise<void>;
  /** It is known not to be sent: the next request may send it at once. */
  release(request: KeyedRequest): Promise<void>;
}

/** Until then it is not known whether the message was sent. */
const LEASE_MS = 30_000;
const KEEP_SECONDS = 86_400;

export function createIdempotencyKeys({ change }: Pick<TableCalls, 'change'>): IdempotencyKeys {
  return {
    async claim(request) {
      const now = Date.now();
      const seconds = Math.floor(now / 1000);
      const payload = sha256(canonicalJson(request.payload));
      const first = await change(keyOf(request), {
        update:
          'SET #kind = :kind, #id = :id, #claimed_by = :id, #payload_hash = :payload, #lease_until = :lease, #expires_at = :expires REMOVE #queue, #trace_id',
        // A key whose time is over may still be there: DynamoDB deletes within days.
        condition: 'attribute_not_exists(#pk) OR #expires_at < :seconds',
        values: {
          kind: 'key',
          id: request.id,
          payload,
          lease: now + LEASE_MS,
          expires: seconds + KEEP_SECONDS,
          seconds,
        },
      });
      if (first.applied || first.item === undefined) return { kind: 'send', id: request.id };
      const { item } = first;
      const id = textOf(item, 'id') ?? request.id;
      if (textOf(item, 'payload_hash') !== payload) return { kind: 'conflict' };
      const sent = sentOf(item);
      if (sent !== undefined) return { kind: 'sent', id, ...sent };
      const leaseUntil = numberOf(item, 'lease_until') ?? 0;
      if (leaseUntil > now) {
        return isOwn(item, request) ? { kind: 'send', id } : busy(leaseUntil - now);
      }
      const again = await change(keyOf(request), {
        update: 'SET #lease_until = :lease, #claimed_by = :by',
        condition: '#lease_until = :old AND attribute_not_exists(#queue)',
        values: { lease: now + LEASE_MS, by: request.id, old: leaseUntil },
      });
      if (again.applied || isOwn(again.item ?? {}, request)) return { kind: 'send', id };
      // Somebody else was faster.
      return busy(LEASE_MS);
    },
    async confirm(request, { queue, traceId }) {
      await change(keyOf(request), {
        update: `SET #queue = :queue${traceId === undefined ? '' : ', #trace_id = :trace'}`,
        values: { queue, trace: traceId },
      });
    },
    async release(request) {
      await change(keyOf(request), {
        update: 'SET #lease_until = :none',
        condition: 'attribute_exists(#pk) AND attribute_not_exists(#queue)',
        values: { none: 0 },
      });
    },
  };
}

function keyOf({ task, key }: KeyedRequest): string {
  return hashedKey('key', task, key);
}

function busy(ms: number): KeyClaim {
  return { kind: 'busy', retryAfterSeconds: Math.ceil(ms / 1000) };
}

/** Claimed by this very request, in a call whose answer was lost. */
function isOwn(item: Item, { id }: KeyedRequest): boolean {
  return textOf(item, 'claimed_by') === id && sentOf(item) === undefined;
}

/** Once it is sent the item has the queue. */
function sentOf(item: Item): { queue: string; traceId?: string } | undefined {
  const queue = textOf(item, 'queue');
  const traceId = textOf(item, 'trace_id');
  return queue === undefined ? undefined : { queue, ...(traceId !== undefined && { traceId }) };
}

/** The same for objects whose keys stand in another order. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
