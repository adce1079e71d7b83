import { Stack } from 'aws-cdk-lib';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/**
 * @throws Error for a reference to what a secret holds in the place of its ARN: CloudFormation would
 * put the token itself there. CDK refuses what is no ARN.
 */
export function checkSecret(scope: Construct, variable: string, secret: ISecret | Secret): void {
  const arn = JSON.stringify(Stack.of(scope).resolve(secret.secretFullArn ?? secret.secretArn));
  if (!arn.includes('{{resolve:')) return;
  throw new Error(
    `${variable} has to be the ARN of a secret, and what it is set to is what a secret holds: everyone who sees the function could read it. Give Secret.fromSecretCompleteArn or Secret.fromSecretNameV2 what names the secret.`,
  );
}
