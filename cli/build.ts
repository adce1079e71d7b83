import { join } from 'node:path';
import { buildFunctions } from './build/build-functions.ts';
import { describeBundle } from './build/describe-bundle.ts';

const built = await buildFunctions({ projectDirectory: join(import.meta.dirname, '..') });
for (const each of built) console.log(describeBundle(each));
