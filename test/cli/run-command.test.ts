import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { repository } from '../support/repository.ts';
import { runLeadline } from '../support/run-leadline.ts';

describe('--help', () => {
  test.each([
    ['', /build[\s\S]*doctor[\s\S]*oneuptime[\s\S]*Exit codes: 0 done/],
    ['queues', /--watch[\s\S]*--local|--local[\s\S]*--watch/],
    ['workers', /Ends with 1 where a worker takes no messages/],
    ['enqueue', /<task> \[payload\][\s\S]*one payload a line/],
    ['task', /--table[\s\S]*Ends with 1/],
    ['revoke', /--table[\s\S]*Ends with 1/],
    ['purge', /--yes/],
    ['dlq', /list[\s\S]*show[\s\S]*redrive[\s\S]*purge/],
    ['dlq list', /--payload[\s\S]*The first 500 are read/],
    ['dlq show', /<id>[\s\S]*--payload/],
    ['dlq redrive', /\[ids\.\.\.\][\s\S]*--to[\s\S]*--rate/],
    ['dlq purge', /--yes/],
    ['build', /bundle functions/],
    ['doctor', /--stage[\s\S]*--json[\s\S]*warnings leave it at 0/],
    ['oneuptime', /validate[\s\S]*plan[\s\S]*apply[\s\S]*destroy/],
    ['oneuptime validate', /ONEUPTIME_TOKEN/],
    ['oneuptime plan', /ONEUPTIME_API_KEY/],
    ['oneuptime apply', /--write-parameter/],
    ['oneuptime destroy', /--yes/],
  ])('leadline %s --help is on stdout, and ends with 0', async (command, text) => {
    const { code, out, err } = await runLeadline([...command.split(' ').filter(Boolean), '--help']);
    expect(code).toBe(0);
    expect(out).toMatch(text);
    expect(err).toBe('');
  });
});

test.each([
  [''],
  ['oneuptime'],
  ['oneuptim'],
  ['oneuptime plam'],
  ['doctor --nothing'],
  ['doctor too many'],
  ['oneuptime plan --stage'],
  ['dlq'],
  ['dlq list'],
  ['enqueue'],
  ['purge'],
])('leadline %s is called wrongly: 2, on stderr', async (command) => {
  const { code, out, err } = await runLeadline(command.split(' ').filter(Boolean));
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).not.toBe('');
});

describe('--json', () => {
  test.each([
    ['oneuptime plan --json --nothing', 2, /^unknown option '--nothing'/],
    ['oneuptime plan too many --json', 2, /^too many arguments/],
    ['oneuptime plan --json', 2, /^ONEUPTIME_API_KEY is not set/],
    ['oneuptime destroy --json', 2, /--yes/],
  ])('%s: the error is an answer in JSON', async (command, ending, message) => {
    const { code, json } = await runLeadline(command.split(' '));
    expect(code).toBe(ending);
    expect(json).toEqual({ error: expect.stringMatching(message) });
  });

  test('build takes it, too', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'leadline-build-json-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const refused = await runLeadline(['build', '--json'], { directory });
    expect(refused.code).not.toBe(0);
    expect(refused.json).toEqual({ error: expect.any(String) });
    await mkdir(join(directory, 'functions'));
    const source = 'export const handler = async () => ({});';
    await writeFile(join(directory, 'functions/health.ts'), source);
    const { code, json } = await runLeadline(['build', '--json'], { directory });
    expect(code).toBe(0);
    expect(json.functions).toEqual([
      expect.objectContaining({ name: 'health', loadedBytes: expect.any(Number) }),
    ]);
  });
});

describe('what was given is not in the message, since it may be a secret', () => {
  test.each([
    ['oneuptime plan --api-key=4711', "unknown option '--api-key=***'"],
    ["oneuptime plan --api-key=a'4711'b", "unknown option '--api-key=***'"],
    ['oneuptime plan -k4711', "unknown option '-k***'"],
    ['oneuptime plan 4711', 'Expected 0 arguments but got 1.'],
    ['oneuptime plan 1 4711', 'Expected 0 arguments but got 2.'],
    ['oneuptime 4711', 'unknown command'],
    ['4711', 'unknown command'],
    ['KEY4711', 'unknown command'],
    ["a'4711", 'unknown command'],
  ])('leadline %s', async (command, message) => {
    for (const args of [command.split(' '), [...command.split(' '), '--json']]) {
      const { code, all } = await runLeadline(args);
      expect(code).toBe(2);
      expect(all).toContain(message);
      expect(all).not.toContain('4711');
    }
  });

  test('what it suggests is, and a word that can be a command', async () => {
    expect((await runLeadline(['oneuptime', 'plam'])).err).toMatch(
      /unknown command 'plam'\s+\(Did you mean plan\?\)/,
    );
    const { err } = await runLeadline(['oneuptime', 'destroy', '--yess=1']);
    expect(err).toContain('--yes');
  });
});

test('--version is the version of the package', async () => {
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
  const { code, out } = await runLeadline(['--version']);
  expect([code, out]).toEqual([0, version]);
});

test('a folder that is no project is called wrongly', async () => {
  const { code, err } = await runLeadline(['oneuptime', 'plan'], { directory: '/' });
  expect(code).toBe(2);
  expect(err).toContain('There is no infra/config.ts in /');
});

test('as a process: no colours into a pipe, and the exit code', async () => {
  const main = join(repository, 'cli/main.ts');
  const run = promisify(execFile)(process.execPath, [main, 'oneuptime', 'destroy'], {
    cwd: repository,
    env: { PATH: process.env['PATH'], TERM: 'xterm-256color' },
  });
  const { code, stderr, stdout } = await run.catch((error) => error);
  expect(code).toBe(2);
  expect(stderr).toBe('Nobody can be asked here. Give --yes to remove without a question.\n');
  expect(stdout).toBe('');
});
