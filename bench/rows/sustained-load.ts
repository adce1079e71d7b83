import { setTimeout as delay } from 'node:timers/promises';
import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed } from '../row.ts';
import { median } from '../statistics.ts';
import { type Variant, workerName, workerOf } from '../variants.ts';

/** A batch of 10 every 40 ms, whatever became of those before: 250 messages a second. */
const INTERVAL_MS = 40;
const WARM_UP = 40;
const MEASURED = 140;
const ROUNDS = 3;
const LOADED = ['bare', 'official', 'before-response', 'after-response', 'adaptive'] as const;

interface Load {
  billedMs: number;
  instances: number;
  cpuMs: number;
}

/** Does the backend's distance show in what is paid for? */
export async function measureSustainedLoad({ directory }: Bundles): Promise<Row[]> {
  const functions = (addresses: Parameters<typeof workerOf>[1]) =>
    LOADED.map((variant) => workerOf(variant, addresses));
  return withLab({ bundleDirectory: directory, functions }, async (lab) => {
    lab.otlp.delayMs = 40;
    const loads = await interleave(LOADED, ROUNDS, async (variant) => {
      await drive(lab, workerName(variant), WARM_UP);
      return measureLoad(lab, workerName(variant));
    });
    return describe(loads);
  });
}

async function measureLoad(lab: Lab, functionName: string): Promise<Load> {
  const before = lab.cpuOf(functionName);
  const reports = await drive(lab, functionName, MEASURED);
  // Of the instances that were there all the time: a start is not what is measured.
  let cpuMs = 0;
  for (const [pid, ms] of lab.cpuOf(functionName)) cpuMs += ms - (before.get(pid) ?? ms);
  return {
    billedMs: median(reports.map(({ billedMs }) => billedMs)),
    instances: countInstances(reports),
    cpuMs: cpuMs / reports.length,
  };
}

async function drive(lab: Lab, functionName: string, times: number): Promise<InvocationReport[]> {
  const start = performance.now();
  const invocations: Promise<InvocationReport>[] = [];
  for (let index = 0; index < times; index += 1) {
    await delay(Math.max(0, start + index * INTERVAL_MS - performance.now()));
    invocations.push(lab.invoke(functionName, sqsBatch().event));
  }
  return Promise.all(invocations);
}

/** The fewest that did 95 % of the work: a hiccup of the machine that starts one more is no load. */
function countInstances(reports: readonly InvocationReport[]): number {
  const counts = Map.groupBy(reports, ({ instanceId }) => instanceId);
  const sizes = [...counts.values()].map(({ length }) => length).toSorted((a, b) => b - a);
  let covered = 0;
  let instances = 0;
  for (const size of sizes) {
    if (covered >= reports.length * 0.95) break;
    covered += size;
    instances += 1;
  }
  return instances;
}

function describe(loads: Map<Variant, Load[]>): Row[] {
  const of = (variant: Variant, value: (load: Load) => number) =>
    median((loads.get(variant) ?? []).map(value));
  const billed = (variant: Variant) => of(variant, ({ billedMs }) => billedMs);
  const instances = (variant: Variant) => of(variant, (load) => load.instances);
  const cpu = (variant: Variant) => of(variant, (load) => load.cpuMs);
  const cpuOverhead = Math.max(0, cpu('adaptive') - cpu('bare'));
  const most = billed('bare') * 1.15 + cpuOverhead;
  const cells = (text: (variant: Variant) => string) =>
    Object.fromEntries(LOADED.map((variant) => [variant, text(variant)]));
  return [
    {
      what: 'billed time of a batch at sustained load, backend 40 ms away',
      cells: cells((variant) => `${billed(variant).toFixed(1)} ms`),
      target: `bare + 15 % and the CPU overhead (${cpuOverhead.toFixed(1)} ms) or less: ${most.toFixed(1)} ms`,
      checks: [
        {
          says: `adaptive ${signed(billed('adaptive') - billed('bare'), 1)} ms`,
          ok: billed('adaptive') <= most,
        },
      ],
    },
    {
      what: 'instances at sustained load, backend 40 ms away',
      cells: cells((variant) => String(instances(variant))),
      target: 'as many as bare',
      checks: [
        {
          says: `adaptive ${instances('adaptive')}, bare ${instances('bare')}`,
          ok: instances('adaptive') <= instances('bare'),
        },
      ],
    },
  ];
}
