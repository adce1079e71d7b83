import { parseArgs } from 'node:util';
import { BENCHMARKS } from './benchmarks.ts';
import { buildBundles } from './build-bundles.ts';
import { formatRow, formatTable } from './format-table.ts';
import { installPeers } from './install-peers.ts';
import type { Row } from './row.ts';
import { describeRun, writeReadme } from './write-readme.ts';

/**
 * `npm run bench`: every figure of bench/README.md, Leadline and its peers side by side.
 * `-- --only NAME` measures one benchmark, `-- --write` puts the table into README.md.
 */
const { values } = parseArgs({
  options: { only: { type: 'string' }, write: { type: 'boolean', default: false } },
});
const chosen = BENCHMARKS.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  console.error(`--only takes one of ${BENCHMARKS.map(({ name }) => name).join(', ')}.`);
  process.exit(1);
}
if (values.write && values.only !== undefined) {
  console.error('--write takes the whole table: leave --only out.');
  process.exit(1);
}

await installPeers();
const bundles = await buildBundles();
const rows: Row[] = [];
try {
  for (const { name, measure } of chosen) {
    const start = performance.now();
    const measured = await measure(bundles);
    rows.push(...measured);
    console.log(`${measured.map(formatRow).join('\n')}\n`);
    console.error(`${name} took ${((performance.now() - start) / 1000).toFixed(0)} s\n`);
  }
} finally {
  await bundles.remove();
}
console.log(`${describeRun()}\n\n${formatTable(rows)}`);
if (values.write) await writeReadme(rows);
