import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed, withDifference } from '../row.ts';
import { middleDifference, middleMean } from '../statistics.ts';
import { VARIANTS, type Variant, workerName, workerOf } from '../variants.ts';

const BATCH = 10;
const WARM_UP = 60;
const ROUNDS = 8;
const BLOCK = 40;

interface Block {
  cpuMicrosPerMessage: number;
  memoryMb: number;
}

/** Warm batches of 10 one after the other, backend 0 ms away: CPU a message, and memory in the end. */
export async function measureCpuAndMemory({ directory }: Bundles): Promise<Row[]> {
  const functions = (addresses: Parameters<typeof workerOf>[1]) =>
    VARIANTS.map((variant) => workerOf(variant, addresses));
  return withLab({ bundleDirectory: directory, functions }, async (lab) => {
    await interleave(VARIANTS, 1, (variant) => runBlock(lab, variant, WARM_UP));
    const blocks = await interleave(VARIANTS, ROUNDS, (variant) => runBlock(lab, variant, BLOCK));
    return [describeCpu(blocks), describeMemory(blocks)];
  });
}

async function runBlock(lab: Lab, variant: Variant, times: number): Promise<Block> {
  const functionName = workerName(variant);
  const cpu = () => [...lab.cpuOf(functionName).values()].reduce((sum, ms) => sum + ms, 0);
  const before = cpu();
  let memoryMb = Number.NaN;
  for (let index = 0; index < times; index += 1) {
    const { maxMemoryMb } = await lab.invoke(functionName, sqsBatch(BATCH).event);
    memoryMb = maxMemoryMb ?? Number.NaN;
  }
  return { cpuMicrosPerMessage: ((cpu() - before) * 1000) / (times * BATCH), memoryMb };
}

function describeCpu(blocks: Map<Variant, Block[]>): Row {
  const values = (variant: Variant) =>
    (blocks.get(variant) ?? []).map(({ cpuMicrosPerMessage }) => cpuMicrosPerMessage);
  const difference = (variant: Variant) => middleDifference(values(variant), values('bare'));
  const cells: Row['cells'] = {};
  for (const variant of VARIANTS) {
    cells[variant] = withDifference(middleMean(values(variant)), difference(variant), 'µs');
  }
  const check = (mode: Variant, most: number) => {
    const ratio = difference(mode) / difference('official');
    return {
      says: `${mode} ${signed(difference(mode))} µs, × ${ratio.toFixed(2)}`,
      ok: ratio <= most,
    };
  };
  return {
    what: 'CPU a message, warm batches of 10',
    cells,
    target: 'official’s overhead × 0.5 or less after-response, × 0.3 adaptive',
    checks: [check('after-response', 0.5), check('adaptive', 0.3)],
  };
}

function describeMemory(blocks: Map<Variant, Block[]>): Row {
  const memory = (variant: Variant) => blocks.get(variant)?.at(-1)?.memoryMb ?? Number.NaN;
  const difference = (variant: Variant) => memory(variant) - memory('bare');
  const cells: Row['cells'] = {};
  for (const variant of VARIANTS) {
    cells[variant] = withDifference(memory(variant), difference(variant), 'MB');
  }
  return {
    what: `resident memory, the highest of ${WARM_UP + ROUNDS * BLOCK} invocations`,
    cells,
    target: 'bare + 40 MB or less',
    checks: (['after-response', 'adaptive'] as const).map((mode) => ({
      says: `${mode} ${signed(difference(mode))} MB`,
      ok: difference(mode) <= 40,
    })),
  };
}
