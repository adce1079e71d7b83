import type { Row } from './row.ts';
import { VARIANTS } from './variants.ts';

const HEADINGS = ['figure', ...VARIANTS, 'target', 'result'];

/** The rows as a table in Markdown. */
export function formatTable(rows: readonly Row[]): string {
  const lines = rows.map((row) => [
    row.what,
    ...VARIANTS.map((variant) => row.cells[variant] ?? ''),
    row.target,
    resultOf(row),
  ]);
  const table = [HEADINGS, HEADINGS.map(() => '---'), ...lines];
  return table.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** The same for a terminal: a paragraph a row. */
export function formatRow(row: Row): string {
  const cells = VARIANTS.filter((variant) => row.cells[variant] !== undefined);
  return [
    row.what,
    ...cells.map((variant) => `  ${variant.padEnd(16)}${row.cells[variant]}`),
    `  target          ${row.target}`,
    `  result          ${resultOf(row)}`,
  ].join('\n');
}

function resultOf({ checks }: Row): string {
  return checks.map(({ says, ok }) => `${ok ? 'ok' : '**missed**'}: ${says}`).join('; ');
}
