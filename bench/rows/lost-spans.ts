import { setTimeout as delay } from 'node:timers/promises';
import type { Bundles } from '../build-bundles.ts';
import { type BenchEvent, sqsBatch } from '../events.ts';
import { type Lab, withLab } from '../lab.ts';
import { countTaskSpans } from '../otlp-stub.ts';
import type { Row } from '../row.ts';
import { MODES, type Variant, workerName, workerOf } from '../variants.ts';

const MEASURED = ['official', ...MODES] as const;
const INVOCATIONS = 500;
const AT_A_TIME = 4;
const BATCH = 2;
const IDLE_TIMEOUT_MS = 200;
/** Every so many turns a pause that is longer than the idle timeout, and a stop of all that is idle. */
const TURNS_BETWEEN_STOPS = 16;
const KILLED_INVOCATIONS = 20;
/** Between the kills, so that there is something that could be lost. */
const QUIET_INVOCATIONS = 4;

interface Loss {
  lost: number;
  twice: number;
}

/** Task spans that never arrive, of messages whose invocation had answered. */
export async function measureLostSpans({ directory }: Bundles): Promise<Row[]> {
  const stopped = new Map<Variant, Loss>();
  const killed = new Map<Variant, Loss>();
  await Promise.all(
    MEASURED.map(async (variant) => {
      const options = {
        bundleDirectory: directory,
        functions: (addresses: Parameters<typeof workerOf>[1]) => [workerOf(variant, addresses)],
      };
      const loss = (drive: Drive) => async (lab: Lab) => measureLoss(lab, variant, drive);
      const idleTimeoutMs = IDLE_TIMEOUT_MS;
      stopped.set(variant, await withLab({ ...options, idleTimeoutMs }, loss(driveWithStops)));
      killed.set(variant, await withLab(options, loss(driveWithKills)));
    }),
  );
  return [
    describe(
      `spans lost of ${INVOCATIONS * BATCH} in ${INVOCATIONS} invocations: freezing, idle stops, SIGTERM`,
      stopped,
    ),
    describe(
      `spans lost with SIGKILL in ${KILLED_INVOCATIONS} invocations, those invocations’ own left out`,
      killed,
    ),
  ];
}

/** @returns the events whose invocation answered. */
type Drive = (lab: Lab, functionName: string) => Promise<BenchEvent[]>;

async function measureLoss(lab: Lab, variant: Variant, drive: Drive): Promise<Loss> {
  lab.otlp.keeping = true;
  lab.otlp.delayMs = 5;
  const answered = await drive(lab, workerName(variant));
  // The last ones are flushed at SIGTERM.
  await lab.lambda.stop();
  const counts = countTaskSpans(lab.otlp.received);
  const times = answered.flatMap(({ taskIds }) => taskIds).map((id) => counts.get(id) ?? 0);
  return {
    lost: times.filter((count) => count === 0).length,
    twice: times.filter((count) => count > 1).length,
  };
}

async function driveWithStops(lab: Lab, functionName: string): Promise<BenchEvent[]> {
  const answered: BenchEvent[] = [];
  for (let index = 0; index < INVOCATIONS; index += AT_A_TIME) {
    const events = Array.from({ length: AT_A_TIME }, () => sqsBatch(BATCH));
    const done = await Promise.all(events.map((event) => isAnswered(lab, functionName, event)));
    answered.push(...events.filter((_, at) => done[at]));
    const turn = index / AT_A_TIME;
    if (turn % TURNS_BETWEEN_STOPS === 15) await delay(IDLE_TIMEOUT_MS * 1.5);
    else if (turn % TURNS_BETWEEN_STOPS === 7) await lab.lambda.replaceInstances(functionName);
    else await delay((turn % 4) * 10);
  }
  return answered;
}

async function driveWithKills(lab: Lab, functionName: string): Promise<BenchEvent[]> {
  const answered: BenchEvent[] = [];
  for (let index = 0; index < KILLED_INVOCATIONS * (QUIET_INVOCATIONS + 1); index += 1) {
    const event = sqsBatch(BATCH);
    const invocation = isAnswered(lab, functionName, event);
    if (index % (QUIET_INVOCATIONS + 1) === QUIET_INVOCATIONS) {
      // The task takes some 20 ms: this is in the middle of it.
      await delay(10);
      killBusy(lab, functionName);
    }
    if (await invocation) answered.push(event);
    await delay(10);
  }
  return answered;
}

function killBusy(lab: Lab, functionName: string): void {
  const instances = lab.lambda.instances(functionName);
  const busy = instances.find(({ state, pid }) => state === 'busy' && pid !== undefined);
  if (busy?.pid !== undefined) process.kill(busy.pid, 'SIGKILL');
}

async function isAnswered(lab: Lab, functionName: string, { event }: BenchEvent): Promise<boolean> {
  const { functionError } = await lab.lambda.invoke(functionName, event);
  return functionError === undefined;
}

function describe(what: string, losses: Map<Variant, Loss>): Row {
  const text = ({ lost, twice }: Loss) => `${lost}${twice > 0 ? `, ${twice} came twice` : ''}`;
  return {
    what,
    cells: Object.fromEntries([...losses].map(([variant, loss]) => [variant, text(loss)])),
    target: '0',
    checks: MODES.map((mode) => {
      const lost = losses.get(mode)?.lost ?? Number.NaN;
      return { says: `${mode} ${lost}`, ok: lost === 0 };
    }),
  };
}
