import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed, withDifference } from '../row.ts';
import { median } from '../statistics.ts';
import { VARIANTS, type Variant, workerName, workerOf } from '../variants.ts';

/** Rounds of a block of invocations each; at 2 s each flush takes as long, so there are fewer. */
const PLANS = [
  { delayMs: 0, rounds: 10, block: 10 },
  { delayMs: 40, rounds: 8, block: 8 },
  { delayMs: 2_000, rounds: 3, block: 3 },
] as const;
const WARM_UP = 12;

/** A batch of 10 in a warm instance, until its response is posted. */
export async function measureWarmResponse({ directory }: Bundles): Promise<Row[]> {
  const functions = (addresses: Parameters<typeof workerOf>[1]) =>
    VARIANTS.map((variant) => workerOf(variant, addresses));
  return withLab({ bundleDirectory: directory, functions }, async (lab) => {
    await interleave(VARIANTS, 1, (variant) => invokeBlock(lab, variant, WARM_UP));
    const rows: Row[] = [];
    for (const { delayMs, rounds, block } of PLANS) {
      lab.otlp.delayMs = delayMs;
      const responses = await interleave(VARIANTS, rounds, (variant) =>
        invokeBlock(lab, variant, block),
      );
      rows.push(describe(delayMs, responses));
    }
    return rows;
  });
}

async function invokeBlock(lab: Lab, variant: Variant, times: number): Promise<number[]> {
  const responses: number[] = [];
  for (let index = 0; index < times; index += 1) {
    const { responseMs } = await lab.invoke(workerName(variant), sqsBatch().event);
    responses.push(responseMs);
  }
  return responses;
}

function describe(delayMs: number, responses: Map<Variant, number[][]>): Row {
  const medians = new Map([...responses].map(([variant, all]) => [variant, median(all.flat())]));
  const of = (variant: Variant) => medians.get(variant) ?? Number.NaN;
  const difference = (variant: Variant) => of(variant) - of('bare');
  const cells: Row['cells'] = {};
  for (const variant of VARIANTS) {
    cells[variant] = withDifference(of(variant), difference(variant), 'ms', 1);
  }
  return {
    what: `warm response, batch of 10, backend ${delayMs} ms away`,
    cells,
    target: 'bare + 1 ms or less',
    checks: (['after-response', 'adaptive'] as const).map((mode) => ({
      says: `${mode} ${signed(difference(mode), 1)} ms`,
      ok: difference(mode) <= 1,
    })),
  };
}
