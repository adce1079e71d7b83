import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from 'vitest';

const repository = join(import.meta.dirname, '..');
const manifest = json('package.json');

test('package-lock.json names no registry host', () => {
  const { packages } = json('package-lock.json');
  const hosts = Object.entries<{ resolved?: string }>(packages).filter(([, one]) => one.resolved);
  expect(hosts).toEqual([]);
});

test('package-lock.json has the builds for every platform', () => {
  // `npm ci` refuses a lock without them, on every platform. npm leaves out those that the registry
  // at hand did not have.
  const packages: Record<
    string,
    { optionalDependencies?: Record<string, string>; inBundle?: boolean }
  > = json('package-lock.json').packages;
  // What comes within another package's archive is complete there.
  const ours = Object.entries(packages).filter(([, { inBundle }]) => !inBundle);
  const missing = ours.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !(`${path}/node_modules/${name}` in packages || `node_modules/${name}` in packages),
    ),
  );
  expect(missing).toEqual([]);
});

test.each(['dependencies', 'devDependencies'])('%s are exact versions', (field) => {
  const versions = Object.values<string>(manifest[field]);
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
});

test('every subpath of exports is one file of lib', () => {
  for (const [subpath, target] of Object.entries<Record<string, string>>(manifest.exports)) {
    if (subpath === './package.json') continue;
    const name = subpath === '.' ? 'index' : subpath.slice('./'.length);
    expect(target).toEqual({
      types: `./dist/lib/${name}.d.ts`,
      default: `./dist/lib/${name}.js`,
    });
    expect(sources(), `${subpath} of exports`).toContain(`lib/${name}.ts`);
  }
  expect(Object.keys(manifest.exports)).toContain('.');
});

test('every file of lib/ itself is a subpath of exports', () => {
  const entries = sources().filter((file) => dirname(file) === 'lib');
  for (const entry of entries.map((file) => basename(file, '.ts'))) {
    expect(Object.keys(manifest.exports)).toContain(entry === 'index' ? '.' : `./${entry}`);
  }
  expect(entries).not.toEqual([]);
});

test('no file or folder is named after what it is not', () => {
  const vague = /(^|\/)(utils?|helpers?|common|types)(\.[cm]?[jt]s|\/)/;
  expect(sources().filter((file) => vague.test(file))).toEqual([]);
});

test('every npm script installs first, and hands its signals on', () => {
  // npm signals only the shell, so the shell has to become the process.
  for (const [name, script] of Object.entries(manifest.scripts)) {
    // A part of the installation itself, which runs it on the host's Node.
    if (name === 'prepare') continue;
    expect(script, name).toMatch(/^exec node scripts\/install-then\.mjs \S+/);
    const [, path] = /install-then\.mjs (\S+)/.exec(String(script)) ?? [];
    expect(path, name).toMatch(/\.ts$|^node_modules\//);
  }
});

test('the licence is Apache-2.0, here as in package.json', () => {
  expect(manifest.license).toBe('Apache-2.0');
  expect(text('LICENSE')).toContain('Apache License\n                           Version 2.0');
});

test('no document names a path or a host of one machine', () => {
  const documents = files().filter((file) => /\.(md|json|ya?ml|mjs)$/.test(file));
  const oneMachine = /(?<![\w.])\/(work|home|root|Users|private)\/|\bregistry(\.[\w-]+){2}/;
  expect(documents.filter((file) => oneMachine.test(text(file)))).toEqual([]);
  expect(documents).toContain('CONTRIBUTING.md');
});

// biome-ignore lint/suspicious/noExplicitAny: the tests say what they expect of it.
function json(file: string): any {
  return JSON.parse(text(file));
}

function text(file: string): string {
  return readFileSync(join(repository, file), 'utf8');
}

function sources(): string[] {
  return files().filter((file) => /\.[cm]?ts$/.test(file));
}

/** What is in the repository, whether git is there or not: no installed and no built files. */
function files(folder = '.'): string[] {
  const skipped = new Set(['node_modules', 'dist', 'coverage', 'cdk.out', '.git', '.leadline']);
  return readdirSync(join(repository, folder), { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? files(path) : [path];
  });
}
