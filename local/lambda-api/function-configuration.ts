import type { FunctionDescription } from '../stack-description.ts';
import { functionArn, type LambdaAccount } from './find-function.ts';

/** The FunctionConfiguration of a function that is there and can be invoked. */
export function functionConfiguration(
  description: FunctionDescription,
  account: LambdaAccount,
): object {
  const { functionName, timeoutSeconds = 3, memoryMb = 128, environment } = description;
  return {
    FunctionName: functionName,
    FunctionArn: functionArn(functionName, account),
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: timeoutSeconds,
    MemorySize: memoryMb,
    Version: '$LATEST',
    PackageType: 'Zip',
    Environment: { Variables: environment },
    State: 'Active',
    LastUpdateStatus: 'Successful',
  };
}
