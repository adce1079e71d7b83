import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readStage } from '../../cli/project/read-stage.ts';
import { everyRecord, exampleStage } from '../support/oneuptime-project.ts';
import { repository } from '../support/repository.ts';
import { runLeadline } from '../support/run-leadline.ts';

const page = readFileSync(join(repository, 'docs/oneuptime.md'), 'utf8');
const section = (heading: string) => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name = '', ...cells]) => ({ name, cells }));

test('every monitor has a row that says when it fires, what it means and what to do', () => {
  const titles = everyRecord()
    .filter(({ kind }) => kind === 'monitor')
    .map(({ name }) => name.split(': ')[1]);
  const rows = rowsOf(section('The monitors')).slice(2);
  expect(rows.map(({ name }) => name)).toEqual(titles);
  for (const { cells } of rows)
    expect(cells.slice(0, 3).every((cell) => cell.length > 20)).toBe(true);
});

test('every threshold is there with its default', () => {
  const { queues, tasks } = exampleStage();
  const defaults = { ...queues['default']?.thresholds, ...tasks[0]?.thresholds };
  const rows = rowsOf(section('Thresholds')).filter(({ name }) => name.startsWith('`'));
  expect(rows.map(({ name }) => name.slice(1, -1)).toSorted()).toEqual(
    Object.keys(defaults).toSorted(),
  );
  for (const { name, cells } of rows) {
    const value = Number(
      /^[\d.,]+/
        .exec(cells[0] ?? '')?.[0]
        .replaceAll(',', '')
        .replace(/\.$/, ''),
    );
    if (name !== '`p95DurationMs`')
      expect(value, name).toBe(defaults[name.slice(1, -1) as 'depth']);
  }
});

test('every command that it names is one', async () => {
  const named = [...page.matchAll(/leadline ((?:oneuptime )?[a-z]+)(?=[\s`])/g)].map(
    ([, name]) => name,
  );
  const commands = new Set(
    named.filter((name) => /^(oneuptime|doctor|build)\b/.test(String(name))),
  );
  expect(commands.size).toBeGreaterThan(4);
  for (const command of commands) {
    const { code } = await runLeadline([...String(command).split(' '), '--help']);
    expect(code, command).toBe(0);
  }
});

test('the configuration of an app of its own is one that can be read', async () => {
  const [, code = ''] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
  const { stripTypeScriptTypes } = await import('node:module');
  const source = Buffer.from(stripTypeScriptTypes(code)).toString('base64');
  const { describeStage } = await import(`data:text/javascript;base64,${source}`);
  const tasks = [{ name: 'resize', queue: 'images' }];
  expect(readStage(describeStage('prod'), tasks, 'prod')).toMatchObject({
    serviceName: 'shop',
    tokenParameter: '/shop/prod/oneuptime-token',
    queues: { images: { thresholds: { depth: 200, deadLetters: 0 } } },
  });
});
