import { expect, it } from 'vitest';
import { createSignalQueue } from '../../../lib/telemetry/signal-queue.ts';

/** Over all of the turns between the last item's leaving and the end of a flush. */
const TURNS = Array.from({ length: 40 }, (_, turns) => turns);

it.each(TURNS)(
  '%i turns into a flush another one is not told to wait for less than its data',
  async (turns) => {
    const waiting = [1];
    const sent: number[] = [];
    const queue = createSignalQueue<number[]>({
      signal: 'traces',
      exporter: {
        watch: {},
        send: async (items) => void sent.push(...items),
        canRefreshToken: () => false,
      },
      take: async () => {
        const items = waiting.splice(0);
        return items.length > 0 ? [{ items, count: items.length, halves: () => [] }] : [];
      },
      putBack: () => {},
      onDropped: () => {},
      warn: () => {},
    });
    const first = queue.flush();
    for (let turn = 0; turn < turns; turn += 1) await undefined;
    waiting.push(2);
    await queue.flush();
    expect(sent).toEqual([1, 2]);
    await first;
  },
);
