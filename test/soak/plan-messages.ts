import { type Act, MAX_ATTEMPTS, type QueueName } from './functions/tasks/soak-task.ts';
import { pick, type Random } from './seeded-random.ts';

/** What kind of message it is, for the table. */
export type Kind = (typeof KINDS)[number]['kind'] | 'fatal';

export interface PlannedMessage {
  kind: Kind;
  queue: QueueName;
  /** By attempt; the last one repeats. */
  acts: Act[];
  idempotent: boolean;
  /** It is sent again by whoever sent it, so many seconds after it was: before, during and after its run. */
  duplicates: number[];
}

/** One in so many ends its process in every attempt, on the queue where it has no neighbours. */
const FATAL_EVERY = 250;
/** Those of 0 meet the message before or while it runs; with a backlog the next ones may, too. */
const DUPLICATE_SECONDS = [0, 0, 1, 2, 5] as const;
const FAILURE_RATE = 0.3;

interface KindPlan {
  kind: string;
  /** Of a hundred. */
  share: number;
  acts: (random: Random, crashes: number) => Act[];
}

const KINDS = [
  { kind: 'sound', share: 69, acts: () => ['succeed'] },
  {
    kind: 'flaky',
    share: 15,
    // Enough acts for the deliveries that a killed neighbour uses up.
    acts: (random) =>
      Array.from({ length: 15 }, () => (random() < FAILURE_RATE ? 'throw' : 'succeed')),
  },
  { kind: 'broken', share: 3, acts: () => ['throw'] },
  { kind: 'refused', share: 5, acts: () => ['refuse'] },
  {
    kind: 'overrunning',
    share: 7,
    acts: (random) => {
      const act = pick<Act>(random, ['overrun', 'overrun', 'overrun-deaf']);
      const times = pick(random, [1, 1, 2, MAX_ATTEMPTS]);
      return times === MAX_ATTEMPTS ? [act] : [...Array<Act>(times).fill(act), 'succeed'];
    },
  },
  {
    kind: 'crashing',
    share: 1,
    // It comes back with the neighbours that it took down, so it has to stop long before they are
    // received too often.
    acts: (random, crashes) => [
      ...Array.from({ length: 1 + Math.floor(random() * crashes) }, () =>
        pick<Act>(random, ['exit', 'exit', 'sigkill', 'sigkill', 'block']),
      ),
      'succeed',
    ],
  },
] as const satisfies KindPlan[];

/** @param crashes how often a crashing message may end its process: each costs a visibility timeout. */
export function planMessages(count: number, crashes: number, random: Random): PlannedMessage[] {
  return Array.from({ length: count }, (_, index): PlannedMessage => {
    if (index % FATAL_EVERY === FATAL_EVERY >> 1) {
      const acts = [pick<Act>(random, ['exit', 'sigkill'])];
      return { kind: 'fatal', queue: 'alone', acts, idempotent: random() < 0.5, duplicates: [] };
    }
    const { kind, acts } = pickKind(random() * 100);
    return {
      kind,
      queue: pick<QueueName>(random, ['batch', 'each']),
      acts: acts(random, crashes),
      idempotent: random() < 0.5,
      // What takes its neighbours down would do so three times as often.
      duplicates: kind === 'crashing' ? [] : planDuplicates(random),
    };
  });
}

function planDuplicates(random: Random): number[] {
  return Array.from({ length: pick(random, [0, 1, 2]) }, () => pick(random, DUPLICATE_SECONDS));
}

function pickKind(point: number): (typeof KINDS)[number] {
  let rest = point;
  for (const each of KINDS) {
    rest -= each.share;
    if (rest < 0) return each;
  }
  return KINDS[0];
}
