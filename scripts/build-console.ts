import { join } from 'node:path';
import { buildConsole } from '../cli/console/build-console.ts';

/** Builds the console's page to dist/console. */
await buildConsole({ projectDirectory: join(import.meta.dirname, '..') });
