import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSqsServer } from '../local/sqs/sqs-server.ts';
import { startOneUptimeStandIn } from './support/oneuptime-stand-in.ts';
import { type OwnApp, readOwnApp } from './support/own-app.ts';

/**
 * The package as npm would publish it, in a project that has nothing but what the package asks for:
 * each dependency is a link to ours, so that no network is needed, and nothing else can be found.
 */
const run = promisify(execFile);
const repository = join(import.meta.dirname, '..');
const manifest = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
const subpaths = Object.keys(manifest.exports).filter((subpath) => subpath !== './package.json');
const specifiers = subpaths.map((subpath) => `leadline${subpath.slice(1)}`);
/** What an app can import without the optional peers: these neither call AWS nor extend middy. */
const withoutPeers = ['leadline', 'leadline/telemetry'];

let tarball: string;
let project: string;
let packed: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'leadline-package-'));
  packed = join(project, 'node_modules/leadline');
  await run('npm', ['pack', '--pack-destination', project], { cwd: repository }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`npm pack failed: ${error.stdout}${error.stderr}`);
    },
  );
  const file = (await readdir(project)).find((name) => name.endsWith('.tgz'));
  tarball = join(project, String(file));
  await mkdir(packed, { recursive: true });
  await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', packed]);
  await link(Object.keys(manifest.dependencies));
  await writeFile(join(project, 'package.json'), '{"type": "module"}');
}, 60_000);

afterAll(() => rm(project, { recursive: true, force: true }));

describe('before the optional peers are installed', () => {
  test.each(withoutPeers)('%s can be imported', async (specifier) => {
    await expect(namesOf(specifier)).resolves.not.toEqual([]);
  });
});

describe('with its peers', () => {
  beforeAll(() => link(Object.keys(manifest.peerDependencies)));

  test.each(specifiers)('%s can be imported', async (specifier) => {
    await expect(namesOf(specifier)).resolves.not.toEqual([]);
  });

  test('its types hold in a strict project that checks libraries too', async () => {
    await link(['@types/node']);
    const lines = specifiers.flatMap((specifier, index) => [
      `import * as m${index} from '${specifier}';`,
      `export const names${index}: object = m${index};`,
    ]);
    await writeFile(join(project, 'every-subpath.ts'), lines.join('\n'));
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      lib: ['es2024'],
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      skipLibCheck: false,
    };
    const config = { compilerOptions, files: ['every-subpath.ts'] };
    await writeFile(join(project, 'tsconfig.json'), JSON.stringify(config));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    const complaints = await output(process.execPath, [tsc, '-p', project, '--pretty', 'false']);
    // An import in our declarations that is nobody's dependency fails here. What other packages do
    // in theirs is not ours to mend: their files lie outside of the project, behind the links.
    const ours = complaints.split('\n').filter((line) => /^[^.\s]/.test(line));
    expect(ours).toEqual([]);
    // aws-cdk-lib has 51 MB of declarations.
  }, 120_000);
});

describe("an app of one's own", () => {
  const CONFIG = `
    export const describeStage = (stage: string) => ({ stage, serviceName: 'shop' });`;
  const contract = 'functions/tasks/resize-image.ts';
  const enqueue = 'dist/functions/enqueue-task';
  let app: OwnApp;
  let shop: string;
  let command: string;

  /** With no package but those that the documentation names, and the ones that ours depends on. */
  beforeAll(async () => {
    app = await readOwnApp();
    shop = await realpath(await mkdtemp(join(tmpdir(), 'leadline-own-app-')));
    const installed = join(shop, 'node_modules/leadline');
    await cp(packed, installed, { recursive: true });
    command = join(installed, manifest.bin.leadline);
    await link([...Object.keys(manifest.dependencies), ...app.packages], shop);
    await put('package.json', '{"type": "module"}');
    for (const [path, text] of Object.entries(app.files)) await put(path, text);
    await leadline('build');
  }, 60_000);

  afterAll(() => rm(shop, { recursive: true, force: true }));

  test('is built by leadline build and synthesized with TaskQueues', async () => {
    await expect(synthesize()).resolves.toBe('');
    const template = await readFile(join(shop, 'cdk.out/shop-dev.template.json'), 'utf8');
    const { Resources } = JSON.parse(template);
    const names = Object.values<{ Properties?: { FunctionName?: string } }>(Resources)
      .flatMap(({ Properties }) => Properties?.FunctionName ?? [])
      .filter((name) => typeof name === 'string');
    expect(names.toSorted()).toEqual([
      'dev-enqueue-task',
      'dev-health',
      'dev-process-images',
      'dev-sample-queue-depth',
    ]);
    expect(template).toContain('cron(0 3 * * ? *)');
  }, 60_000);

  test('has types that hold in a strict project', async () => {
    const compilerOptions = {
      module: 'nodenext',
      target: 'es2024',
      types: ['node'],
      strict: true,
      exactOptionalPropertyTypes: true,
      noPropertyAccessFromIndexSignature: true,
      allowImportingTsExtensions: true,
      noEmit: true,
      skipLibCheck: true,
    };
    const files = Object.keys(app.files).filter((path) => path.endsWith('.ts'));
    await put('tsconfig.json', JSON.stringify({ compilerOptions, files }));
    const tsc = join(repository, 'node_modules/typescript/bin/tsc');
    await expect(output(process.execPath, [tsc, '-p', shop, '--pretty', 'false'])).resolves.toBe(
      '',
    );
  }, 120_000);

  test('is refused as stale once a source has changed, until it is built again', async () => {
    await put(contract, app.files[contract]?.replace("'nightly'", "'weekly'") ?? '');
    const refusal = await synthesize();
    expect(refusal).toContain(`is stale: ${join(shop, contract)} has changed`);
    expect(refusal).toContain('Run "leadline build"');
    await leadline('build');
    await expect(synthesize()).resolves.toBe('');
  }, 60_000);

  test('is refused as missing a bundle that was not built', async () => {
    await rm(join(shop, enqueue), { recursive: true });
    await expect(synthesize()).resolves.toContain(
      `The bundle of enqueue-task in ${join(shop, enqueue)} is missing`,
    );
  }, 60_000);

  test('is told what leadline can do, and that a folder has no functions', async () => {
    await expect(leadline('deploy')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command 'deploy'"),
    });
    const { stdout } = await leadline('--help');
    for (const command of ['build', 'doctor', 'oneuptime']) {
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
    await expect(leadline('build', packed)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^There is no function in .*Run it in the folder/),
    });
  });

  test('has its dashboard and monitors made in OneUptime by leadline oneuptime apply', async () => {
    await put('infra/config.ts', CONFIG);
    const oneuptime = await startOneUptimeStandIn();
    const env = { ...process.env, ONEUPTIME_API_KEY: oneuptime.apiKey };
    const endpoint = { ONEUPTIME_ENDPOINT: oneuptime.endpoint };
    const { stdout } = await run(
      process.execPath,
      [command, 'oneuptime', 'apply', '--stage', 'test', '--json'],
      { cwd: shop, env: { ...env, ...endpoint } },
    ).finally(() => oneuptime.stop());
    expect(JSON.parse(stdout)).toMatchObject({ stage: 'test', conflicts: [], warnings: [] });
    const names = oneuptime.tables['monitor']?.map(({ name }) => name);
    expect(names).toContain('shop test: Dead letters');
  }, 60_000);

  test('shows its queues in a page by leadline console', async () => {
    await put('infra/config.ts', CONFIG);
    const sqs = await startSqsServer({ queues: [{ queueName: 'dev-images' }] });
    const child = spawn(process.execPath, [command, 'console', '--port', '0'], {
      cwd: shop,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL: sqs.endpoint,
        AWS_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
      },
    });
    try {
      const line = await new Promise((resolve) => child.stdout.once('data', resolve));
      const url = String(line).trim().split(' ').at(-1);
      const page = await (await fetch(`${url}/`)).text();
      const [, script] = /src="\.(\/assets\/[^"]+\.js)"/.exec(page) ?? [];
      expect((await fetch(`${url}${script}`)).status).toBe(200);
      const read = async (path: string): Promise<unknown> =>
        (await fetch(`${url}/console/api/${path}`)).json();
      const overview = await read('overview');
      expect(overview).toMatchObject({ queues: [{ name: 'images', depth: 0 }] });
      const contract = { queue: 'images', schema: { type: 'object' } };
      expect(await read('contracts')).toMatchObject({ contracts: [contract] });
    } finally {
      child.kill();
      await sqs.stop();
    }
  }, 60_000);

  /** The command as npm would link it. */
  const leadline = (subcommand: string, cwd = shop) =>
    run(process.execPath, [command, subcommand], { cwd });

  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(shop, path)), { recursive: true });
    await writeFile(join(shop, path), text);
  };

  /** What the app says when it does not synthesize; nothing when it does. */
  const synthesize = () =>
    run(process.execPath, ['app.ts'], { cwd: shop, env: synthesis }).then(
      () => '',
      (error: { stderr: string }) => error.stderr,
    );
  // CDK's rules of CloudFormation take seconds to load; test/infra/stages.test.ts runs them.
  const synthesis = { ...process.env, CDK_VALIDATION: 'false', CDK_OUTDIR: 'cdk.out' };
});

test('it holds what was built from lib, infra/constructs, cli and the page, and nothing else', async () => {
  const files = await filesOf(packed);
  const built = /^dist\/(lib|infra\/constructs|cli)\//;
  const page = /^dist\/console\/(index\.html(\.br|\.gz)?|assets\/[\w.-]+)$/;
  expect(files.filter((file) => page.test(file))).toContain('dist/console/index.html');
  const besides = files.filter((file) => !built.test(file) && !page.test(file)).toSorted();
  expect(besides).toEqual(['LICENSE', 'README.md', 'package.json']);
  for (const file of files.filter((file) => built.test(file))) {
    const source = file.slice('dist/'.length).replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
    expect(existsSync(join(repository, source)), `the source of ${file}`).toBe(true);
  }
});

test('every import in it names a file that is in it', async () => {
  const imported = /(?:from|import)\s*\(?\s*['"](\.[^'"]*)['"]/g;
  for (const file of await filesOf(join(packed, 'dist'))) {
    if (file.endsWith('.map')) continue;
    const code = await readFile(join(packed, 'dist', file), 'utf8');
    for (const [, path = ''] of code.matchAll(imported)) {
      expect(path, `an import of ${file}`).toMatch(/\.js$/);
      expect(existsSync(join(packed, 'dist', dirname(file), path)), `${file}: ${path}`).toBe(true);
    }
  }
});

test('every source map carries its source', async () => {
  const maps = (await filesOf(join(packed, 'dist'))).filter((file) => file.endsWith('.map'));
  expect(maps).not.toEqual([]);
  for (const file of maps) {
    const map = JSON.parse(await readFile(join(packed, 'dist', file), 'utf8'));
    expect(map.sourcesContent?.length, file).toBe(map.sources.length);
    expect(map.sourcesContent, file).not.toContain(null);
  }
});

test('publint has nothing to say', async () => {
  const { messages, pkg } = await publint({ pkgDir: packed, strict: true, pack: false });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

test('attw finds the types of every subpath', async () => {
  const attw = join(repository, 'node_modules/@arethetypeswrong/cli/dist/index.js');
  const args = [attw, tarball, '--profile', 'esm-only', '--format', 'json'];
  const report = JSON.parse(await output(process.execPath, args));
  // What a CommonJS resolver makes of a package of ES modules is no question here.
  const problems = Object.values<{ resolutionKind?: string }[]>(report.problems).flat();
  expect(problems.filter(({ resolutionKind }) => !/node10|cjs/.test(resolutionKind ?? ''))).toEqual(
    [],
  );
  expect(Object.keys(report.analysis.entrypoints)).toEqual(expect.arrayContaining(subpaths));
});

/** Makes packages of ours a project's. */
async function link(names: string[], directory = project): Promise<void> {
  for (const name of names) {
    const path = join(directory, 'node_modules', name);
    await mkdir(dirname(path), { recursive: true });
    if (!existsSync(path)) await symlink(join(repository, 'node_modules', name), path);
  }
}

/** What `specifier` exports, in a process of its own in the project. */
async function namesOf(specifier: string): Promise<string[]> {
  const code = `console.log(JSON.stringify(Object.keys(await import('${specifier}'))))`;
  const args = ['--input-type=module', '--eval', code];
  const { stdout } = await run(process.execPath, args, { cwd: project });
  return JSON.parse(stdout);
}

/** The output of a program that ends with an error when it has something to say. */
async function output(command: string, args: string[]): Promise<string> {
  const { stdout } = await run(command, args, { cwd: project, maxBuffer: 64 * 1024 * 1024 }).catch(
    (error: { stdout: string }) => error,
  );
  return stdout;
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}
