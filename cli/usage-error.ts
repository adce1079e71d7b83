/** The command was called wrongly, or called for what it cannot do here: exit code 2. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError';
}
