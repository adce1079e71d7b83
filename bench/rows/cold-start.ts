import type { InvocationReport } from '../../local/lambda/lambda-service.ts';
import type { FunctionDescription } from '../../local/stack-description.ts';
import type { Bundles } from '../build-bundles.ts';
import { httpRequest, sqsBatch } from '../events.ts';
import { interleave } from '../interleave.ts';
import { withLab } from '../lab.ts';
import { type Row, signed, withDifference } from '../row.ts';
import { median, medianDifference } from '../statistics.ts';
import {
  type Addresses,
  enqueuerName,
  enqueuerOf,
  MODES,
  VARIANTS,
  workerName,
  workerOf,
} from '../variants.ts';

const ROUNDS = 31;

const UNBUNDLED = 'official-unbundled';
const WORKERS = [...VARIANTS, UNBUNDLED] as const;
type Worker = (typeof WORKERS)[number];
type Reports = Map<Worker, InvocationReport[]>;
const ENQUEUERS = ['bare', ...MODES] as const;

/** A new process for each figure: from its start to its first event, and its first invocation. */
export async function measureColdStart({ directory }: Bundles): Promise<Row[]> {
  const options = {
    bundleDirectory: directory,
    functions: (addresses: Addresses) => [
      ...WORKERS.map((name) => describeWorker(name, addresses)),
      ...ENQUEUERS.map((variant) => enqueuerOf(variant, addresses)),
    ],
  };
  return withLab(options, async (lab) => {
    const workers = await interleave(WORKERS, ROUNDS, (name) =>
      lab.invokeCold(functionNameOf(name), sqsBatch().event),
    );
    const enqueuers = await interleave(ENQUEUERS, ROUNDS, (variant) =>
      lab.invokeCold(enqueuerName(variant), httpRequest()),
    );
    return [...describeWorkers(workers), ...describeEnqueuers(enqueuers as Reports)];
  });
}

function describeWorker(name: Worker, addresses: Addresses): FunctionDescription {
  if (name !== UNBUNDLED) return workerOf(name, addresses);
  return { ...workerOf('official', addresses), functionName: name, bundle: name };
}

const functionNameOf = (name: Worker) => (name === UNBUNDLED ? name : workerName(name));

const initMs = (report: InvocationReport) => report.initMs ?? Number.NaN;
const responseMs = (report: InvocationReport) => report.responseMs;

function describeWorkers(reports: Reports): Row[] {
  const init = compare(reports, initMs);
  const first = compare(reports, responseMs);
  const ratioTo = (peer: Worker) => init.difference('adaptive') / init.difference(peer);
  const check = (peer: Worker, says: string) => ({
    says: `adaptive ${signed(init.difference('adaptive'))} ms, × ${ratioTo(peer).toFixed(2)} of ${says}`,
    ok: ratioTo(peer) <= 0.15,
  });
  const unbundled = init.text(UNBUNDLED);
  const firstBy = first.difference('adaptive');
  return [
    {
      what: 'cold start of process-tasks: start of the process to its first event',
      cells: { ...init.cells, official: `${init.cells.official}; in node_modules ${unbundled}` },
      target: 'official’s overhead × 0.15 or less',
      checks: [check(UNBUNDLED, 'official in node_modules'), check('official', 'official bundled')],
    },
    {
      what: 'first invocation of process-tasks, batch of 10, backend 0 ms away',
      cells: first.cells,
      target: 'bare + 10 ms or less',
      checks: [{ says: `adaptive ${signed(firstBy)} ms`, ok: firstBy <= 10 }],
    },
  ];
}

function describeEnqueuers(reports: Reports): Row[] {
  const init = compare(reports, initMs);
  const first = compare(reports, responseMs);
  const by = init.difference('after-response');
  const firstBy = first.difference('after-response');
  return [
    {
      what: 'cold start of enqueue-task; bare is client-sqs alone',
      cells: init.cells,
      target: 'bare + 20 ms or less',
      checks: [{ says: `after-response ${signed(by)} ms`, ok: by <= 20 }],
    },
    {
      what: 'first invocation of enqueue-task, backend 0 ms away',
      cells: first.cells,
      target: 'bare + 10 ms or less',
      checks: [{ says: `after-response ${signed(firstBy)} ms`, ok: firstBy <= 10 }],
    },
  ];
}

function compare(reports: Reports, of: (report: InvocationReport) => number) {
  const bare = reports.get('bare')?.map(of) ?? [];
  const values = (name: Worker) => reports.get(name)?.map(of) ?? [];
  const difference = (name: Worker) => medianDifference(values(name), bare);
  const text = (name: Worker) => withDifference(median(values(name)), difference(name), 'ms');
  const measured = VARIANTS.filter((variant) => reports.has(variant));
  const cells: Row['cells'] = Object.fromEntries(measured.map((each) => [each, text(each)]));
  return { cells, difference, text };
}
