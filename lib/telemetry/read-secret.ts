import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

/** Reads a secret of Secrets Manager, kept as its plain text. In a module of its own: it holds the SDK's client. */
export async function readSecret(
  arn: string,
  abortSignal: AbortSignal,
): Promise<string | undefined> {
  const client = new SecretsManagerClient({});
  try {
    const command = new GetSecretValueCommand({ SecretId: arn });
    const { SecretString } = await client.send(command, { abortSignal });
    return SecretString;
  } finally {
    client.destroy();
  }
}
