import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { createProgram } from '../../cli/create-program.ts';
import { openTerminal } from '../../cli/terminal.ts';
import { repository } from '../support/repository.ts';

const context = { terminal: openTerminal(process), environment: {}, directory: repository };
const page = await readFile(join(repository, 'docs/commands.md'), 'utf8');

/** `dlq list` and the like. */
function namesOf(command: Command, before: string[] = []): string[] {
  return command.commands.flatMap((each) => {
    const path = [...before, each.name()];
    return each.commands.length > 0 ? namesOf(each, path) : [path.join(' ')];
  });
}

const known = namesOf(createProgram(context, { code: 0 }));
const operators = known.filter((name) => !/^(build|doctor|oneuptime)/.test(name));

test.each(operators)('docs/commands.md has a heading that names %s', (name) => {
  const headings = page.match(/^## .*$/gm)?.join('\n');
  expect(headings).toMatch(new RegExp(`\\b${name}\\b`));
});

test('every example is a command that there is, with options that it has', () => {
  const examples = [...page.matchAll(/^\$ npx leadline (.*)$/gm)].map(([, args = '']) => args);
  expect(examples.length).toBeGreaterThan(8);
  for (const example of examples) {
    const name = known.find((each) => example.startsWith(`${each} `));
    expect(name, example).toBeDefined();
    const command = (name ?? '')
      .split(' ')
      .reduce(
        (found: Command, word) => found.commands.find((each) => each.name() === word) as Command,
        createProgram(context, { code: 0 }),
      );
    const options = command.options.map(({ long }) => long);
    for (const [option] of example.matchAll(/--\w+/g)) expect(options, example).toContain(option);
  }
});
