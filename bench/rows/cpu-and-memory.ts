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

/** Leadline with OTEL_SDK_DISABLED beside the variants: a worker, and no telemetry. */
const DISABLED = 'disabled';
const MEASURED = [...VARIANTS, DISABLED] as const;
type Measured = (typeof MEASURED)[number];

interface Block {
  cpuMicrosPerMessage: number;
  memoryMb: number;
}

/** Warm batches of 10 one after the other, backend 0 ms away: CPU a message, and memory in the end. */
export async function measureCpuAndMemory({ directory }: Bundles): Promise<Row[]> {
  const functions = (addresses: Parameters<typeof workerOf>[1]) => [
    ...VARIANTS.map((variant) => workerOf(variant, addresses)),
    {
      ...workerOf('adaptive', addresses, { OTEL_SDK_DISABLED: 'true' }),
      functionName: nameOf(DISABLED),
    },
  ];
  return withLab({ bundleDirectory: directory, functions }, async (lab) => {
    await interleave(MEASURED, 1, (each) => runBlock(lab, each, WARM_UP));
    const blocks = await interleave(MEASURED, ROUNDS, (each) => runBlock(lab, each, BLOCK));
    return [describeCpu(blocks), describeTelemetryCpu(blocks), describeMemory(blocks)];
  });
}

function nameOf(measured: Measured): string {
  return measured === DISABLED ? 'worker-disabled' : workerName(measured);
}

async function runBlock(lab: Lab, measured: Measured, times: number): Promise<Block> {
  const functionName = nameOf(measured);
  const cpu = () => [...lab.cpuOf(functionName).values()].reduce((sum, ms) => sum + ms, 0);
  const before = cpu();
  let memoryMb = Number.NaN;
  for (let index = 0; index < times; index += 1) {
    const { maxMemoryMb } = await lab.invoke(functionName, sqsBatch(BATCH).event);
    memoryMb = maxMemoryMb ?? Number.NaN;
  }
  return { cpuMicrosPerMessage: ((cpu() - before) * 1000) / (times * BATCH), memoryMb };
}

type Blocks = Map<Measured, Block[]>;

function cpuOf(blocks: Blocks, measured: Measured): number[] {
  return (blocks.get(measured) ?? []).map(({ cpuMicrosPerMessage }) => cpuMicrosPerMessage);
}

function describeCpu(blocks: Blocks): Row {
  const values = (variant: Variant) => cpuOf(blocks, variant);
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

/** What is left when the same worker without telemetry is taken off; for the peer, the bare task. */
function describeTelemetryCpu(blocks: Blocks): Row {
  const over = (variant: Variant, base: Measured) =>
    `${signed(middleDifference(cpuOf(blocks, variant), cpuOf(blocks, base)))} µs`;
  return {
    what: 'of that, what telemetry takes: over the same worker with OTEL_SDK_DISABLED',
    cells: {
      official: over('official', 'bare'),
      'before-response': over('before-response', DISABLED),
      'after-response': over('after-response', DISABLED),
      adaptive: over('adaptive', DISABLED),
    },
    target: '',
    checks: [],
  };
}

function describeMemory(blocks: Blocks): Row {
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
