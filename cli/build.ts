import { join } from 'node:path';
import { buildFunctions } from './build/build-functions.ts';

const built = await buildFunctions({ projectDirectory: join(import.meta.dirname, '..') });
const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} KB`;
for (const { name, loadedBytes, totalBytes } of built) {
  console.log(
    `dist/functions/${name}: a cold start loads ${kilobytes(loadedBytes)} of ${kilobytes(totalBytes)}`,
  );
}
