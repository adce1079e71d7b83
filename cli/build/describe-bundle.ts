import type { BuiltFunction } from './build-functions.ts';

/** Origins that are worth a look. */
const LARGEST = 10;

/** What the build prints of one function: what a cold start loads, what the first flush and task state add, and whose bytes it is. */
export function describeBundle({
  name,
  loadedBytes,
  firstFlushBytes,
  taskStateBytes,
  totalBytes,
  directoryBytes,
  contributors,
}: BuiltFunction): string {
  const withFlush =
    firstFlushBytes > 0 ? `, ${kilobytes(firstFlushBytes)} more load with the first flush` : '';
  const withState =
    taskStateBytes > 0 ? `, ${kilobytes(taskStateBytes)} more where task state is on` : '';
  const heading = `${name}: a cold start loads ${kilobytes(loadedBytes)} of ${kilobytes(totalBytes)}${withFlush}${withState}; ${kilobytes(directoryBytes)} with source maps`;
  const largest = contributors.slice(0, LARGEST);
  const width = Math.max(...largest.map(({ bytes }) => kilobytes(bytes).length));
  const lines = largest.map((each) => `  ${kilobytes(each.bytes).padStart(width)}  ${each.name}`);
  return [heading, ...lines].join('\n');
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} KB`;
}
