import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built page is: `dist/console`, beside this code as it is published, or below its sources. */
export function pageDirectory(): string {
  // dist/cli/console/http, or cli/console/http.
  const published = join(import.meta.dirname, '../../../console');
  return existsSync(join(published, 'index.html'))
    ? published
    : join(import.meta.dirname, '../../../dist/console');
}
