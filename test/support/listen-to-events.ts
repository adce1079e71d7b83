import { request } from 'node:http';
import { onTestFinished } from 'vitest';
import type { ConsoleEvents } from '../../cli/console/console-api.ts';

export type ConsoleEvent = {
  [Name in keyof ConsoleEvents]: { id: string; name: Name; data: ConsoleEvents[Name] };
}[keyof ConsoleEvents];

export interface EventStream {
  readonly events: readonly ConsoleEvent[];
  /** The data of those of one name. */
  of<Name extends keyof ConsoleEvents>(name: Name): ConsoleEvents[Name][];
  /** Bytes so far. */
  bytes(): number;
  pause(): void;
  resume(): void;
  leave(): void;
}

/** Server-sent events as a page hears them; it resolves with the answer's status when it is not 200. */
export function listenToEvents(url: string, lastEventId?: string): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const sent = request(url, { headers, agent: false }, (message) => {
      if (message.statusCode !== 200) {
        reject(new Error(`It answered ${message.statusCode}.`));
        return;
      }
      const events: ConsoleEvent[] = [];
      let text = '';
      let bytes = 0;
      message.setEncoding('utf8').on('data', (chunk: string) => {
        bytes += chunk.length;
        text += chunk;
        const whole = text.split('\n\n');
        text = whole.pop() ?? '';
        for (const block of whole) {
          const found = /^id: (\S+)\nevent: (\w+)\ndata: (.*)$/.exec(block);
          if (found === null) continue;
          const [, id, name, data] = found;
          events.push({ id, name, data: JSON.parse(data ?? '') } as ConsoleEvent);
        }
      });
      message.on('error', () => {});
      onTestFinished(() => void message.destroy());
      resolve({
        events,
        of: (wanted) =>
          events.flatMap(({ name, data }) => (name === wanted ? [data] : [])) as never,
        bytes: () => bytes,
        pause: () => void message.pause(),
        resume: () => void message.resume(),
        leave: () => void message.destroy(),
      });
    });
    sent.on('error', reject).end();
  });
}
