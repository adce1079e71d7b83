import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { type Lab, withLab } from '../lab.ts';
import { type Row, signed, withDifference } from '../row.ts';
import { median, middleDifference, middleMean } from '../statistics.ts';
import { VARIANTS, type Variant, workerName, workerOf } from '../variants.ts';

const BATCH = 10;
/** How well an instance's code is compiled is luck: what one takes, the next does not. */
const INSTANCES = 3;
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

/** The blocks of each, of instances that lived side by side. */
type Blocks = Map<Measured, Block[]>;

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
    const lives: Blocks[] = [];
    for (let life = 0; life < INSTANCES; life += 1) {
      for (const each of MEASURED) await lab.lambda.replaceInstances(nameOf(each));
      await interleave(MEASURED, 1, (each) => runBlock(lab, each, WARM_UP));
      lives.push(await interleave(MEASURED, ROUNDS, (each) => runBlock(lab, each, BLOCK)));
    }
    return [describeCpu(lives), describeTelemetryCpu(lives), describeMemory(lives)];
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

function cpuOf(blocks: Blocks, measured: Measured): number[] {
  return (blocks.get(measured) ?? []).map(({ cpuMicrosPerMessage }) => cpuMicrosPerMessage);
}

function cpuOver(lives: readonly Blocks[], measured: Measured, base: Measured): number {
  return median(
    lives.map((blocks) => middleDifference(cpuOf(blocks, measured), cpuOf(blocks, base))),
  );
}

function describeCpu(lives: readonly Blocks[]): Row {
  const difference = (variant: Variant) => cpuOver(lives, variant, 'bare');
  const cells: Row['cells'] = {};
  for (const variant of VARIANTS) {
    const cpu = median(lives.map((blocks) => middleMean(cpuOf(blocks, variant))));
    cells[variant] = withDifference(cpu, difference(variant), 'µs');
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
function describeTelemetryCpu(lives: readonly Blocks[]): Row {
  const over = (variant: Variant, base: Measured) => `${signed(cpuOver(lives, variant, base))} µs`;
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

function describeMemory(lives: readonly Blocks[]): Row {
  const memory = (variant: Variant) =>
    median(lives.map((blocks) => blocks.get(variant)?.at(-1)?.memoryMb ?? Number.NaN));
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
