import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed } from '../row.ts';
import { median } from '../statistics.ts';
import { isMode, type Variant, workerName, workerOf } from '../variants.ts';

const MEASURED = ['bare', 'official', 'before-response', 'after-response', 'adaptive'] as const;
const WARM_UP = 15;
/** The official set-up waits 10 s each time. */
const TIMES = { official: 2, others: 8 };
/** The flush's bound, and what a busy machine adds. */
const MOST_FLUSH_MS = 2_500 + 100;

/** The backend takes connections and requests, and never answers. */
export async function measureHangingBackend({ directory }: Bundles): Promise<Row[]> {
  const functions = (addresses: Parameters<typeof workerOf>[1]) =>
    MEASURED.map((variant) => workerOf(variant, addresses));
  return withLab({ bundleDirectory: directory, functions }, async (lab) => {
    const good = await all(lab, () => WARM_UP);
    lab.otlp.hanging = true;
    const hanging = await all(lab, (variant) =>
      variant === 'official' ? TIMES.official : TIMES.others,
    );
    return describe(good, hanging);
  });
}

/** Side by side: they do nothing but wait. */
async function all(
  lab: Lab,
  times: (variant: Variant) => number,
): Promise<Map<Variant, InvocationReport[]>> {
  const entries = MEASURED.map(async (variant) => {
    const reports: InvocationReport[] = [];
    for (let index = 0; index < times(variant); index += 1) {
      reports.push(await lab.invoke(workerName(variant), sqsBatch().event));
    }
    return [variant, reports] as const;
  });
  return new Map(await Promise.all(entries));
}

type Reports = Map<Variant, InvocationReport[]>;

function describe(good: Reports, hanging: Reports): Row[] {
  const response = (reports: Reports, variant: Variant) =>
    // The first ones of an instance are slower, with any backend.
    median(
      (reports.get(variant) ?? []).slice(reports === good ? 5 : 0).map((one) => one.responseMs),
    );
  const longestFlush = (variant: Variant) =>
    Math.max(...(hanging.get(variant) ?? []).map(({ billedMs }) => billedMs)) -
    response(good, 'bare');
  const slower = (variant: Variant) => response(hanging, variant) - response(good, variant);
  const cells = (text: (variant: Variant) => string) =>
    Object.fromEntries(MEASURED.map((variant) => [variant, text(variant)]));
  return [
    {
      what: 'response with a hanging backend, batch of 10 (with a good one)',
      cells: cells(
        (variant) =>
          `${response(hanging, variant).toFixed(0)} ms (${response(good, variant).toFixed(0)})`,
      ),
      target: 'as fast as with a good one, ± 3 ms',
      checks: (['after-response', 'adaptive'] as const).map((mode) => ({
        says: `${mode} ${signed(slower(mode), 1)} ms`,
        ok: slower(mode) <= 3,
      })),
    },
    {
      what: 'longest flush with a hanging backend: billed time less bare’s',
      cells: cells((variant) => `${longestFlush(variant).toFixed(0)} ms`),
      target: '2,500 ms or less (+ 100 of the machine)',
      checks: MEASURED.filter(isMode).map((mode) => ({
        says: `${mode} ${longestFlush(mode).toFixed(0)} ms`,
        ok: longestFlush(mode) <= MOST_FLUSH_MS,
      })),
    },
  ];
}
