import type { Bundles } from '../build-bundles.ts';
import { sqsBatch } from '../events.ts';
import { type Lab, withLab } from '../lab.ts';
import type { Row } from '../row.ts';
import { MODES, type Variant, workerName, workerOf } from '../variants.ts';

const BATCH = 10;
const INVOCATIONS = 12;

/** What is loaded and what is sent. */
export async function measureSizes(bundles: Bundles): Promise<Row[]> {
  return [...loadedRows(bundles), await wireRow(bundles)];
}

function loadedRows({ built }: Bundles): Row[] {
  const sizeOf = (name: string) => built.find((each) => each.name === name);
  const kilobytes = (name: string) => (sizeOf(name)?.loadedBytes ?? Number.NaN) / 1000;
  const withFlush = (name: string) => {
    const more = ((sizeOf(name)?.firstFlushBytes ?? 0) / 1000).toFixed(0);
    return `${kilobytes(name).toFixed(0)} KB; with the first flush ${more} more`;
  };
  const row = (name: string, cells: Row['cells'], most: number): Row => ({
    what: `what a cold start of ${name} loads`,
    cells: {
      ...cells,
      ...Object.fromEntries(MODES.map((mode) => [mode, withFlush(name)])),
    },
    target: `${most} KB or less`,
    checks: [{ says: `${kilobytes(name).toFixed(0)} KB`, ok: kilobytes(name) <= most }],
  });
  const cell = (name: string) => `${kilobytes(name).toFixed(0)} KB`;
  const peers = {
    bare: cell('bare'),
    official: cell('official'),
    powertools: cell('powertools'),
  };
  return [
    row('process-tasks', peers, 210),
    row('enqueue-task', { bare: `${cell('enqueue-bare')} (client-sqs)` }, 390),
  ];
}

async function wireRow({ directory }: Bundles): Promise<Row> {
  const variants = ['official', 'after-response'] as const;
  const measureWith = (environment: Record<string, string>) =>
    withLab(
      {
        bundleDirectory: directory,
        functions: (addresses) =>
          variants.map((variant) => workerOf(variant, addresses, environment)),
      },
      async (lab) => {
        lab.otlp.keeping = true;
        return new Map(
          await Promise.all(
            variants.map(
              async (variant) => [variant, await bytesPerMessage(lab, variant)] as const,
            ),
          ),
        );
      },
    );
  const plain = await measureWith({});
  const gzip = await measureWith({ OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' });
  const bytes = (of: Map<Variant, number>, variant: Variant) => of.get(variant) ?? Number.NaN;
  const ratio = bytes(gzip, 'after-response') / bytes(plain, 'after-response');
  const cells = variants.map((variant) => [
    variant,
    `${bytes(plain, variant).toFixed(0)} B, gzip ${bytes(gzip, variant).toFixed(0)} B`,
  ]);
  return {
    what: 'bytes a message on the wire, batch of 10 (ours with logs)',
    cells: Object.fromEntries(cells),
    target: 'with gzip a third of without',
    checks: [{ says: `× ${ratio.toFixed(2)}`, ok: ratio <= 1 / 3 }],
  };
}

async function bytesPerMessage(lab: Lab, variant: Variant): Promise<number> {
  const functionName = workerName(variant);
  for (let index = 0; index < INVOCATIONS; index += 1) {
    await lab.invoke(functionName, sqsBatch(BATCH).event);
  }
  // What is left is sent at SIGTERM.
  await lab.lambda.replaceInstances(functionName);
  const own = lab.otlp.received.filter((each) => each.functionName === functionName);
  return own.reduce((sum, { bytes }) => sum + bytes, 0) / (INVOCATIONS * BATCH);
}
