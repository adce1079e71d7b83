import type { RelayedRequest } from './send-otlp.ts';

export interface RelayQueue {
  /** Adds the newest; answers how many requests had to go for it. */
  push(request: RelayedRequest): number;
  /** Puts the oldest back; where there is no room left it is the one that goes. */
  unshift(request: RelayedRequest): number;
  shift(): RelayedRequest | undefined;
  length(): number;
  /** Answers how many there were. */
  clear(): number;
}

/** Requests in the order of their arrival, bounded in number and in bytes. */
export function createRelayQueue(maxRequests: number, maxBytes: number): RelayQueue {
  let requests: RelayedRequest[] = [];
  let bytes = 0;

  const shift = () => {
    const oldest = requests.shift();
    bytes -= oldest?.body.length ?? 0;
    return oldest;
  };
  const makeRoom = () => {
    let dropped = 0;
    while (requests.length > maxRequests || bytes > maxBytes) {
      shift();
      dropped += 1;
    }
    return dropped;
  };

  return {
    push(request) {
      requests.push(request);
      bytes += request.body.length;
      return makeRoom();
    },
    unshift(request) {
      requests.unshift(request);
      bytes += request.body.length;
      return makeRoom();
    },
    shift,
    length: () => requests.length,
    clear() {
      const { length } = requests;
      requests = [];
      bytes = 0;
      return length;
    },
  };
}
