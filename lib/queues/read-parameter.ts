import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';

/** Reads a parameter of SSM. In a module of its own: it holds the SDK's client. */
export async function readParameter(name: string, boundMs: number): Promise<string | undefined> {
  const client = new SSMClient({});
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const { Parameter } = await client.send(command, { abortSignal: AbortSignal.timeout(boundMs) });
    return Parameter?.Value;
  } finally {
    client.destroy();
  }
}
