import { Token } from 'aws-cdk-lib';

/**
 * @throws Error for what cannot be the name of an SSM parameter; a token that was put where its
 * parameter's name belongs is such a thing, and so is a reference that CloudFormation would put the
 * token itself in place of: `SecretValue`, `StringParameter.valueForStringParameter`.
 */
export function checkParameterName(variable: string, name: string): void {
  if (Token.isUnresolved(name)) {
    throw new Error(
      `${variable} has to be the name of an SSM parameter, written out, and what it is set to is known to CloudFormation alone: were it the token itself, everyone who sees the function could read it. Set it to the name, as /leadline/dev/oneuptime-token.`,
    );
  }
  if (/^\/[\w./-]{1,1010}$/.test(name)) return;
  throw new Error(
    `${variable} has to be the name of an SSM parameter that begins with "/", as /leadline/dev/oneuptime-token, and what it is set to is none. A token in plain text can be read by everyone who sees the function: put it into the parameter.`,
  );
}
