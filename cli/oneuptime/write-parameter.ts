/**
 * Stores a text as an SSM SecureString, in the place of what was there.
 *
 * @throws Error that names the parameter, and not the text.
 */
export async function writeParameter(name: string, value: string): Promise<void> {
  const { PutParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient({});
  try {
    const input = { Name: name, Value: value, Type: 'SecureString', Overwrite: true } as const;
    const abortSignal = AbortSignal.timeout(15_000);
    await client.send(new PutParameterCommand(input), { abortSignal });
  } catch (error) {
    const { name: type, message } = error as Error;
    const said = message.replaceAll(value, '***');
    throw new Error(`The parameter ${name} cannot be written (${type}: ${said}).`);
  } finally {
    client.destroy();
  }
}
