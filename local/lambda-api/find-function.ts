import type { FunctionDescription } from '../stack-description.ts';
import { LambdaRefusal } from './lambda-refusal.ts';

/** Whose functions they are. */
export interface LambdaAccount {
  region: string;
  accountId: string;
}

/** @throws LambdaRefusal ResourceNotFoundException */
export function findFunction(
  given: string,
  functions: readonly FunctionDescription[],
  account: LambdaAccount,
): FunctionDescription {
  const found = functions.find(({ functionName }) => names(given, functionName, account));
  if (found !== undefined) return found;
  const arn = given.startsWith('arn:') ? given : functionArn(given, account);
  throw new LambdaRefusal(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
}

/** Lambda takes a name, an ARN, or an ARN from its account id on; each with a qualifier or without. */
export function names(given: string, functionName: string, account: LambdaAccount): boolean {
  const unqualified = given.replace(/:\$LATEST$/, '');
  return [
    functionName,
    functionArn(functionName, account),
    `${account.accountId}:function:${functionName}`,
  ].includes(unqualified);
}

export function functionArn(functionName: string, { region, accountId }: LambdaAccount): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${functionName}`;
}
