import { Socket } from 'node:net';
import { writeStdout } from '../../../lib/instrumentation/write-stdout.ts';

// As whoever reads the other end may do, this makes stdout take what fits, and refuse the rest.
new Socket({ fd: 1 }).unref();

/** A line whose bytes are three times its characters. */
const line = (index: number) =>
  `${JSON.stringify({ index, text: '€'.repeat(1_000 * (1 + (index % 40))) })}\n`;

for (let index = 0; index < 120; index += 1) writeStdout(line(index));
process.stderr.write('done');
