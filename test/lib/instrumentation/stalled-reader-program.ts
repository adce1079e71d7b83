import { readSync } from 'node:fs';
import { Socket } from 'node:net';
import { writeStdout } from '../../../lib/instrumentation/write-stdout.ts';

new Socket({ fd: 1 }).unref();

/** More than stdout holds: nobody reads until something comes on stdin. */
const large = 'x'.repeat(1_000_000);
const began = performance.now();
for (let index = 0; index < 100; index += 1) writeStdout(`${index} ${large}\n`);
process.stderr.write(`${performance.now() - began}\n`);

readSync(0, Buffer.alloc(1));
writeStdout('short\n');
for (let index = 0; index < 20; index += 1) writeStdout(`${'y'.repeat(150_000)}\n`);
writeStdout('last\n');
