import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/**
 * biome.json holds who may import whom; this proves that it does. Each row is one file of the
 * layout, each import in it one line: Biome runs once over all rows, in a copy of the layout, and
 * has to complain about the lines in `forbidden` and about no other.
 */
interface Row {
  file: string;
  forbidden: string[];
  permitted: string[];
}

const repository = join(import.meta.dirname, '..');
const legs = ['producer', 'worker', 'queue-depth', 'health'];
const libFolders = ['errors', 'task', 'instrumentation', 'state', 'queues', 'telemetry', ...legs];
/** What legs build on, beside the folders that all have. */
const foundations: Record<string, string[]> = { 'queue-depth': ['queues'], health: ['queues'] };
const api = ['@opentelemetry/api', '@opentelemetry/api-logs'];
const sdk = [
  '@opentelemetry/sdk-trace-node',
  '@opentelemetry/sdk-metrics',
  '@opentelemetry/sdk-logs',
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/resources',
  '@opentelemetry/core',
];
const aws = ['@aws-sdk/client-sqs', 'aws-cdk-lib/aws-sqs'];
const middy = '@middy/core';
/** The package by its own name, which would get around every other rule. */
const ourselves = ['leadline', 'leadline/worker'];
const outsideOfLib = ['functions/env.ts', 'infra/app.ts', 'local/main.ts', 'cli/main.ts'];

const rows: Row[] = [
  folder('errors', []),
  folder('task', ['errors']),
  folder('instrumentation', ['errors', 'task']),
  folder('state', ['errors', 'task']),
  folder('telemetry', ['errors']),
  folder('queues', ['errors', 'task', 'instrumentation']),
  ...legs.map((leg) =>
    folder(leg, ['errors', 'task', 'instrumentation', 'state', ...(foundations[leg] ?? [])]),
  ),
  {
    // However it is written, it is an import.
    file: 'lib/worker/spellings.ts',
    forbidden: [
      `import '../telemetry/flush.ts';`,
      `import type { Flush } from '../telemetry/flush.ts';`,
      `export { flush } from '../telemetry/flush.ts';`,
      `export type { Flush } from '../telemetry/flush.ts';`,
      `await import('../telemetry/flush.ts');`,
      `import './../telemetry/flush.ts';`,
      `import '../errors/../telemetry/flush.ts';`,
      `import '../../lib/telemetry/flush.ts';`,
    ],
    permitted: [`await import('./process-message.ts');`],
  },
  ...['errors', 'task'].map((name) => packages(name, [], [...api, ...sdk, ...aws, middy])),
  packages('state', aws, [...api, ...sdk]),
  packages('instrumentation', [...api, middy], [...sdk, ...aws]),
  ...['queues', ...legs].map((name) => packages(name, [...api, ...aws, middy], sdk)),
  packages('telemetry', [...api, ...sdk, ...aws], []),
  {
    file: 'lib/worker.ts',
    forbidden: imports(
      './telemetry/start-telemetry.ts',
      './telemetry.ts',
      './testing.ts',
      './infra.ts',
      ...sdk,
      ...ourselves,
      '../functions/env.ts',
      '../local/main.ts',
    ),
    permitted: imports('./worker/create-worker.ts', './errors/leadline-error.ts', './task/x.ts'),
  },
  {
    file: 'lib/telemetry.ts',
    forbidden: imports(
      ...legs.flatMap((leg) => [`./${leg}/example.ts`, `./${leg}.ts`]),
      './queues/example.ts',
      './testing.ts',
      '../functions/env.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports('./telemetry/start-telemetry.ts', './errors/leadline-error.ts'),
  },
  {
    file: 'lib/prometheus.ts',
    forbidden: imports(
      './health.ts',
      './queues/example.ts',
      '../functions/env.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports('./telemetry/to-prometheus.ts'),
  },
  {
    file: 'lib/testing.ts',
    forbidden: imports('../test/x.ts', '../local/main.ts', ...sdk, ...ourselves),
    permitted: imports('./worker/create-worker.ts', './telemetry/start-telemetry.ts'),
  },
  {
    file: 'lib/infra.ts',
    forbidden: imports(
      './worker/create-worker.ts',
      './telemetry.ts',
      '../functions/env.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports('../infra/constructs/task-queue.ts'),
  },
  {
    file: 'functions/enqueue-task.ts',
    forbidden: imports(
      '../lib/producer/create-producer.ts',
      '../lib/telemetry/flush.ts',
      '../lib/testing.ts',
      '../lib/infra.ts',
      './process-tasks.ts',
      './tasks/implementations.ts',
      './tasks/process-order.run.ts',
      '../infra/config.ts',
      '../local/main.ts',
      '../cli/main.ts',
      '../test/x.ts',
      '../bench/x.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports(
      '../lib/producer.ts',
      '../lib/telemetry.ts',
      './env.ts',
      './tasks/index.ts',
      './tasks/process-order.ts',
    ),
  },
  {
    file: 'functions/process-tasks.ts',
    forbidden: imports(
      '../lib/worker/create-worker.ts',
      './enqueue-task.ts',
      '../local/main.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports(
      '../lib/worker.ts',
      './env.ts',
      './tasks/implementations.ts',
      './tasks/process-order.run.ts',
    ),
  },
  {
    file: 'functions/tasks/process-order.ts',
    forbidden: imports(
      './process-order.run.ts',
      './process-payment.run.ts',
      './implementations.ts',
      '../env.ts',
      '../process-tasks.ts',
      '../../lib/task/define-task.ts',
      '../../lib/testing.ts',
      '../../infra/config.ts',
      '../../local/main.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports('../../lib/index.ts', '@opentelemetry/api', 'zod/mini'),
  },
  {
    file: 'functions/tasks/process-order.run.ts',
    forbidden: imports('./process-payment.run.ts', '../env.ts', '../../lib/worker/x.ts'),
    permitted: imports('./process-order.ts', './shop.ts', '../../lib/index.ts'),
  },
  {
    file: 'functions/tasks/shop/orders.ts',
    forbidden: imports('../../../local/main.ts', '../../../lib/task/x.ts', '../pay.run.ts'),
    permitted: imports('./customers.ts', '../../../lib/index.ts'),
  },
  {
    file: 'functions/tasks/implementations.ts',
    forbidden: imports(
      '../env.ts',
      '../../lib/task/task-registry.ts',
      '../../local/main.ts',
      ...sdk,
      ...ourselves,
    ),
    permitted: imports('./process-order.run.ts', '../../lib/index.ts'),
  },
  {
    file: 'infra/app.ts',
    forbidden: imports(
      '../functions/enqueue-task.ts',
      '../functions/env.ts',
      '../functions/tasks/implementations.ts',
      '../functions/tasks/process-order.run.ts',
      '../lib/worker/create-worker.ts',
      '../local/main.ts',
      '../cli/main.ts',
      '../test/x.ts',
      '../bench/x.ts',
      ...ourselves,
    ),
    permitted: imports(
      '../functions/tasks/index.ts',
      '../functions/tasks/process-order.ts',
      '../lib/index.ts',
      './task-queue-stack.ts',
      './constructs/task-queue.ts',
    ),
  },
  {
    file: 'infra/constructs/task-queue.ts',
    forbidden: imports(
      '../../functions/env.ts',
      '../../functions/tasks/process-order.run.ts',
      '../../lib/worker/create-worker.ts',
      '../../local/main.ts',
    ),
    permitted: imports('../../lib/index.ts', '../../functions/tasks/index.ts', '../config.ts'),
  },
  ...['local/main.ts', 'cli/main.ts', 'bench/throughput.ts', 'scripts/verify.ts'].map((file) => ({
    file,
    forbidden: imports('../functions/tasks/process-order.run.ts', ...ourselves),
    permitted: imports('../local/stack.ts', '../lib/worker/create-worker.ts', '../cli/serve.ts'),
  })),
  {
    file: 'cli/console/page/shell/example.ts',
    forbidden: imports(
      '../../create-console.ts',
      '../../http/serve-page.ts',
      '../../../../lib/index.ts',
      '../../../../local/main.ts',
      'node:crypto',
      ...ourselves,
    ),
    permitted: imports('../../console-api.ts', '../state/store.ts', './route.ts', 'preact/hooks'),
  },
  {
    file: 'cli/console/create-console.ts',
    forbidden: imports(
      '../../local/start-stack.ts',
      '../../local/otlp/telemetry-store.ts',
      '../../functions/tasks/process-order.run.ts',
      ...ourselves,
    ),
    permitted: imports('../../lib/queues/list-queues.ts', '../dead-letters/purge-queue.ts'),
  },
  {
    file: 'test/end-to-end/anything.test.ts',
    forbidden: [],
    permitted: imports(
      '../../local/main.ts',
      '../../functions/tasks/process-order.run.ts',
      '../../lib/telemetry/flush.ts',
    ),
  },
  {
    file: 'vitest.config.ts',
    forbidden: imports('./local/main.ts', './functions/tasks/process-order.run.ts'),
    permitted: imports('vitest/config'),
  },
];

const otherRules: { rule: string; file: string; bad: string; goodIn?: string }[] = [
  { rule: 'style/noProcessEnv', file: 'lib/worker/env.ts', bad: 'process.env.X;' },
  {
    rule: 'style/noProcessEnv',
    file: 'functions/health.ts',
    bad: 'process.env.Y;',
    goodIn: 'functions/env.ts',
  },
  {
    rule: 'style/noProcessEnv',
    file: 'lib/telemetry/flush.ts',
    bad: 'process.env.Z;',
    goodIn: 'lib/telemetry/config.ts',
  },
  {
    rule: 'suspicious/noConsole',
    file: 'lib/producer/print.ts',
    bad: 'console.log(1);',
    goodIn: 'cli/print.ts',
  },
  {
    rule: 'nursery/noFloatingPromises',
    file: 'local/float.ts',
    bad: 'Promise.resolve(1);',
  },
  {
    rule: 'nursery/noMisusedPromises',
    file: 'local/misuse.ts',
    bad: '[1].forEach(async () => {});',
  },
  {
    rule: 'style/noDefaultExport',
    file: 'local/stack.ts',
    bad: 'export default 1;',
    goodIn: 'knip.config.ts',
  },
  {
    rule: 'performance/noBarrelFile',
    file: 'lib/worker/index.ts',
    bad: `export { a } from './create-worker.ts';`,
    goodIn: 'lib/producer.ts',
  },
  { rule: 'style/useFilenamingConvention', file: 'lib/worker/createIt.ts', bad: 'export {};' },
  { rule: 'style/useNodejsImportProtocol', file: 'cli/fs.ts', bad: `import 'fs';` },
  { rule: 'correctness/useImportExtensions', file: 'cli/bare.ts', bad: `import './main';` },
  { rule: 'style/noEnum', file: 'cli/enum.ts', bad: 'export enum A { B }' },
  { rule: 'style/noNamespace', file: 'cli/name.ts', bad: 'export namespace A {}' },
  { rule: 'suspicious/noFocusedTests', file: 'test/only.test.ts', bad: 'test.only("a", a);' },
  {
    rule: 'suspicious/noSkippedTests',
    file: 'test/skip.test.ts',
    bad: 'test.skip("a", () => {});',
  },
  {
    rule: 'correctness/noUndeclaredDependencies',
    file: 'cli/left-pad.ts',
    bad: `import 'left-pad';`,
  },
  { rule: 'suspicious/noImportCycles', file: 'cli/cycle.ts', bad: `import './cycle-back.ts';` },
  {
    rule: 'correctness/noUndeclaredDependencies',
    file: 'lib/worker/dev-dependency.ts',
    bad: `import 'fauxqs';`,
    goodIn: 'local/sqs.ts',
  },
];

interface Found {
  file: string;
  line: number;
  rule: string;
}

let found: Found[];
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'leadline-import-rules-'));
  // The real configuration, in a directory of its own.
  for (const file of ['biome.json', 'package.json', '.gitignore']) {
    await copyFile(join(repository, file), join(root, file));
  }
  for (const row of rows) await put(row.file, [...row.forbidden, ...row.permitted]);
  for (const { file, bad, goodIn } of otherRules) {
    await put(file, [bad]);
    if (goodIn) await put(goodIn, [bad]);
  }
  await put('cli/cycle-back.ts', [`import './cycle.ts';`]);
  found = await lint(root);
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('who may import whom', () => {
  test.each(rows)('$file', ({ file, forbidden, permitted }) => {
    const lines = [...forbidden, ...permitted];
    const refused = found.filter(
      (one) => one.file === file && one.rule === 'style/noRestrictedImports',
    );
    expect(new Set(refused.map((one) => lines[one.line - 1]))).toEqual(new Set(forbidden));
  });

  test('every folder of lib has its rule', async () => {
    const entries = await readdir(join(repository, 'lib'), { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
    expect(libFolders).toEqual(expect.arrayContaining(folders));
  });
});

describe('the other rules', () => {
  test.each(otherRules)('$rule in $file', ({ rule, file, goodIn }) => {
    const files = found.filter((one) => one.rule === rule).map((one) => one.file);
    expect(files).toContain(file);
    expect(files).not.toContain(goodIn);
  });
});

/** The row of one folder of lib: it may import itself and `allowed`, and nothing else. */
function folder(name: string, allowed: string[]): Row {
  const others = libFolders.filter((other) => other !== name && !allowed.includes(other));
  return {
    file: `lib/${name}/example.ts`,
    forbidden: imports(
      ...others.map((other) => `../${other}/example-of-it.ts`),
      ...outsideOfLib.map((path) => `../../${path}`),
      '../index.ts',
      '../producer.ts',
    ),
    permitted: imports('./sibling.ts', ...allowed.map((other) => `../${other}/example-of-it.ts`)),
  };
}

/** Which packages one folder of lib may import. */
function packages(name: string, permitted: string[], forbidden: string[]): Row {
  return {
    file: `lib/${name}/packages.ts`,
    forbidden: imports(...forbidden, ...ourselves),
    permitted: imports(...permitted, 'node:crypto'),
  };
}

function imports(...specifiers: string[]): string[] {
  return specifiers.map((specifier) => `import '${specifier}';`);
}

/** Files that two rows share would hide each other's lines. */
async function put(file: string, lines: string[]): Promise<void> {
  const path = join(root, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join('\n')}\n`, { flag: 'wx' });
}

async function lint(directory: string): Promise<Found[]> {
  const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  // Biome ends with 1 when it finds something, which it has to here.
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: directory,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string; stderr: string }) => {
    if (!error.stdout.startsWith('{')) throw new Error(`Biome did not run: ${error.stderr}`);
    return error;
  });
  const report = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string; start?: { line: number } } }[];
  };
  return report.diagnostics.map(({ category, location }) => ({
    file: location.path,
    line: location.start?.line ?? 0,
    rule: category.replace(/^lint\//, ''),
  }));
}
