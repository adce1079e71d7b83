import { spawn } from 'node:child_process';
import { once } from 'node:events';

import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

function start(program = new URL('./stdout-program.ts', import.meta.url)) {
  return spawn(process.execPath, [fileURLToPath(program)], { stdio: 'pipe' });
}

/** The line of the program with this number, without its newline. */
const line = (index: number) =>
  JSON.stringify({ index, text: '€'.repeat(1_000 * (1 + (index % 40))) });

it('a line that leaves in parts arrives whole, and one that was given up ends with its line', async () => {
  const lines = (await text(start().stdout)).split('\n').slice(0, -1);
  let whole = 0;
  let next = 0;
  for (const each of lines) {
    while (next < 120 && !line(next).startsWith(each.replace(/\uFFFD$/, ''))) next += 1;
    expect(next, `${each.slice(0, 40)}… is no beginning of a later line`).toBeLessThan(120);
    if (each === line(next)) whole += 1;
    next += 1;
  }
  // Over 7 MB, of which a pipe takes a few hundred KB at a time.
  expect(whole).toBeGreaterThan(40);
});

it('a reader that never reads does not keep the writer', async () => {
  const child = start();
  child.stdout.pause();
  expect(await text(child.stderr)).toContain('done');
  child.stdout.destroy();
  await once(child, 'exit');
});

it('a reader that stalled keeps one line waiting, and has whole lines when it reads again', async () => {
  const child = start(new URL('./stalled-reader-program.ts', import.meta.url));
  const [ms] = await once(child.stderr, 'data');
  // 100 lines that wait 50 ms each would be 5 s.
  expect(Number(ms)).toBeLessThan(2_500);
  const read = text(child.stdout);
  await once(child.stdout, 'data');
  child.stdin.end('go');
  const lines = (await read).split('\n');
  const after = lines.indexOf('short');
  for (const torn of lines.slice(0, after)) expect(torn).toMatch(/^\d+ x+$/);
  const long = 'y'.repeat(150_000);
  expect(lines.slice(after)).toEqual(['short', ...Array(20).fill(long), 'last', '']);
});

it('a reader that is gone does not keep the writer', async () => {
  const child = start();
  child.stdout.destroy();
  const began = performance.now();
  expect(await text(child.stderr)).toContain('done');
  // 120 lines that wait 50 ms each would be 6 s.
  expect(performance.now() - began).toBeLessThan(4_000);
});
