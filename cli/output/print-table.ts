import { stripVTControlCharacters } from 'node:util';
import type { Terminal } from '../terminal.ts';

/** Columns two spaces apart, numbers to the right, the head in bold; the last column as long as it is. */
export function printTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  for (const line of formatTable(terminal, head, rows)) terminal.print(line);
}

export function formatTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => widthOf(row[column] ?? ''))),
  );
  const isNumber = head.map((_, column) =>
    rows.every((row) =>
      /^[\d.,-]*( (s|min|h|d))?$/.test(stripVTControlCharacters(row[column] ?? '')),
    ),
  );
  const toLine = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const space = ' '.repeat((widths[column] ?? 0) - widthOf(cell));
        return isNumber[column] ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [terminal.style('bold', toLine(head)), ...rows.map(toLine)];
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
