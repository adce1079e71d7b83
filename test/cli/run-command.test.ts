import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { repository } from '../support/repository.ts';
import { runLeadline } from '../support/run-leadline.ts';

describe('--help', () => {
  test.each([
    ['', /build[\s\S]*doctor[\s\S]*oneuptime[\s\S]*Exit codes: 0 done/],
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
])('leadline %s is called wrongly: 2, on stderr', async (command) => {
  const { code, out, err } = await runLeadline(command.split(' ').filter(Boolean));
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).not.toBe('');
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
