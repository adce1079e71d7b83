import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { replyJson } from './json-reply.ts';

/** A participant's open request for its next event. */
export interface LongPoll {
  readonly waiting: boolean;
  park(response: ServerResponse): void;
  release(body: string, headers?: OutgoingHttpHeaders): void;
}

export function createLongPoll(): LongPoll {
  let parked: ServerResponse | undefined;
  return {
    get waiting() {
      return parked !== undefined;
    },
    park(response) {
      parked = response;
      // A participant that hung up is not waiting: an event given to it would be lost.
      response.once('close', () => {
        if (parked === response) {
          parked = undefined;
        }
      });
    },
    release(body, headers) {
      const response = parked;
      parked = undefined;
      if (response !== undefined) {
        replyJson(response, 200, body, headers);
      }
    },
  };
}
