import { explainAwsError } from '../system/explain-aws-error.ts';

/**
 * Loads what a command does when it is called: it stands on clients of AWS, which are optional peers,
 * and `leadline build` has to run without them.
 */
export async function loadCommand<Module>(load: () => Promise<Module>): Promise<Module> {
  return load().catch((error: unknown) => {
    throw explainAwsError(error, undefined);
  });
}
