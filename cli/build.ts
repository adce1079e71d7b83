import { buildFunctions } from './build/build-functions.ts';
import { describeBundle } from './build/describe-bundle.ts';

const built = await buildFunctions({ projectDirectory: process.cwd() });
for (const each of built) console.log(describeBundle(each));
