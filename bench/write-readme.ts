import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg, release } from 'node:os';
import { join } from 'node:path';
import { formatTable } from './format-table.ts';
import type { Row } from './row.ts';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- table: written by npm run bench -- --write -->';
const END = '<!-- end of table -->';

/** Replaces the last table in README.md, with the date and the machine. */
export async function writeReadme(rows: readonly Row[]): Promise<void> {
  const text = await readFile(README, 'utf8');
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length);
  const after = text.slice(text.indexOf(END));
  await writeFile(README, `${before}\n\n${describeRun()}\n\n${formatTable(rows)}\n\n${after}`);
}

/** When and where the figures came from, and what else the machine did: absolutes grow with it. */
export function describeRun(): string {
  const date = new Date().toISOString().slice(0, 10);
  const [cpu, ...others] = cpus();
  const machine = `${others.length + 1} cores (${cpu?.model.trim() ?? 'unknown'})`;
  const load = `load average of 15 minutes ${loadavg()[2]?.toFixed(1)}`;
  return `${date}, Node.js ${process.versions.node}, Linux ${release()}, ${machine}, ${load}.`;
}
