import { workerData } from 'node:worker_threads';
import { buildConsole } from '../cli/console/build-console.ts';

/** The thread of `freshenConsole`. */
await buildConsole({ projectDirectory: workerData });
