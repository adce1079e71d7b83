import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { missingFrom } from '../../scripts/installation.mjs';
import { install, lock, put } from '../support/installation.ts';

const scripts = join(import.meta.dirname, '../../scripts');

describe('install-then', () => {
  let root: string;
  const running = new Set<ChildProcess>();

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'leadline-install-then-'));
    for (const file of readdirSync(scripts).filter((f) => f.endsWith('.mjs'))) {
      cpSync(join(scripts, file), join(root, 'scripts', file));
    }
    await put(root, 'package-lock.json', JSON.stringify(lock()));
  });

  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
    rmSync(root, { recursive: true, force: true });
  });

  test('runs the script with its arguments, and ends with its exit code', async () => {
    await install(root);
    await put(root, 'hello.mjs', 'console.log(process.argv.slice(2).join()); process.exit(7);');
    const run = start(['hello.mjs', 'a', 'b c']);
    await expect(run.ended).resolves.toEqual({ code: 7, signal: null });
    expect(run.output()).toBe('a,b c\n');
  });

  test('ends by the signal that ended the script', async () => {
    await install(root);
    await put(root, 'die.mjs', `process.kill(process.pid, 'SIGKILL');`);
    await expect(start(['die.mjs']).ended).resolves.toEqual({ code: null, signal: 'SIGKILL' });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('hands %s on and waits', async (signal) => {
    await install(root);
    await put(
      root,
      'stop.mjs',
      `process.on('${signal}', () => { console.log('stopped'); process.exit(3); });
       setInterval(() => {}, 1000); console.log('ready');`,
    );
    const run = start(['stop.mjs']);
    await run.said('ready');
    run.child.kill(signal);
    await expect(run.ended).resolves.toEqual({ code: 3, signal: null });
    expect(run.output()).toContain('stopped');
  });

  test('hands one Ctrl-C on once, however often it arrives', async () => {
    await install(root);
    await put(
      root,
      'count.mjs',
      `let interrupts = 0;
       process.on('SIGINT', () => { interrupts++; console.log('interrupted'); });
       process.on('SIGTERM', () => process.exit(interrupts));
       setInterval(() => {}, 1000); console.log('ready');`,
    );
    const run = start(['count.mjs']);
    await run.said('ready');
    run.child.kill('SIGINT');
    await run.said('interrupted');
    run.child.kill('SIGINT');
    run.child.kill('SIGTERM');
    await expect(run.ended).resolves.toEqual({ code: 1, signal: null });
  });

  test('installs first when something is missing', async () => {
    await put(root, 'hello.mjs', `console.log('hello');`);
    const run = start(['hello.mjs'], await npmThat(root, installs));
    await expect(run.ended).resolves.toEqual({ code: 0, signal: null });
    const lines = run.output().trim().split('\n');
    expect(lines).toEqual([
      expect.stringMatching(/^Installing .*nothing is installed/),
      expect.stringMatching(/^npm ci .*--include=dev .*--loglevel=error/),
      'hello',
    ]);
    expect(lines[1]).toContain('--engine-strict=false');

    const again = start(['hello.mjs'], await npmThat(root, installs));
    await again.ended;
    expect(again.output()).toBe('hello\n');
  });

  test('runs nothing when the installation fails', async () => {
    await install(root);
    await put(root, 'package-lock.json', JSON.stringify(lock({ version: '1.0.1' })));
    await put(root, 'hello.mjs', `console.log('hello');`);
    const run = start(['hello.mjs'], await npmThat(root, `console.error('no!'); process.exit(9);`));
    await expect(run.ended).resolves.toEqual({ code: 9, signal: null });
    expect(run.output()).toMatch(/no!\n.*installation failed/s);
    expect(run.output()).not.toContain('hello');

    // Who knows what it has removed: what was installed before does not count any more.
    await put(root, 'package-lock.json', JSON.stringify(lock()));
    expect(missingFrom(root)).toMatch(/interrupted/);
  });

  test('says so when npm ends well and something is missing still', async () => {
    const run = start(['hello.mjs'], await npmThat(root, ''));
    await expect(run.ended).resolves.toEqual({ code: 1, signal: null });
    expect(run.output()).toMatch(/npm ci ended well, yet nothing is installed/);
  });

  test('ends the installation, and all that it started, when it is ended', async () => {
    // An install script that does not care for signals, as npm would leave it behind.
    await put(
      root,
      'deaf.mjs',
      `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf is up');`,
    );
    const npm = await npmThat(
      root,
      `import { spawn } from 'node:child_process';
       spawn(process.execPath, ['${join(root, 'deaf.mjs')}'], { stdio: 'inherit' });`,
    );
    const run = start(['hello.mjs'], npm);
    await run.said('deaf is up');
    run.child.kill('SIGTERM');
    // `ended` waits for the end of the output too: whoever is left over would hold it open.
    await expect(run.ended).resolves.toEqual({ code: null, signal: 'SIGTERM' });
    expect(missingFrom(root)).toMatch(/interrupted/);
  });

  test('asks for a script', async () => {
    const run = start([]);
    await expect(run.ended).resolves.toEqual({ code: 1, signal: null });
    expect(run.output()).toMatch(/^Usage: /);
  });

  /** Starts it from a directory that is not the repository's. */
  function start(args: string[], env: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, [join(root, 'scripts/install-then.mjs'), ...args], {
      cwd: tmpdir(),
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    return {
      child,
      output: () => output,
      ended: once(child, 'close').then(([code, signal]) => ({ code, signal })),
      /** Resolves when the output has `words`. */
      said: async (words: string) => {
        const ended = once(child, 'close').then(() => {
          throw new Error(`It ended without ${words}: ${output}`);
        });
        ended.catch(() => {});
        while (!output.includes(words)) await Promise.race([once(child.stdout, 'data'), ended]);
      },
    };
  }
});

/** The environment in which npm would call us, with an npm that does `code` instead. */
async function npmThat(root: string, code: string): Promise<NodeJS.ProcessEnv> {
  await put(root, 'fake/package.json', '{"type": "module"}');
  await put(root, 'fake/npm-cli.js', code);
  return { npm_execpath: join(root, 'fake/npm-cli.js'), npm_node_execpath: process.execPath };
}

const installs = `
  import { mkdirSync, symlinkSync, writeFileSync, readFileSync } from 'node:fs';
  console.log('npm', process.argv.slice(2).join(' '));
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  delete packages[''];
  for (const path of Object.keys(packages)) {
    mkdirSync(path, { recursive: true });
    writeFileSync(path + '/package.json', '{}');
  }
  mkdirSync('node_modules/node/bin');
  symlinkSync(process.execPath, 'node_modules/node/bin/node');
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
`;
