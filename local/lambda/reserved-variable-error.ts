/** An environment sets a variable that belongs to Lambda. A deploy would fail the same way. */
export class ReservedVariableError extends Error {
  override readonly name = 'InvalidParameterValueException';
  readonly code = 'InvalidParameterValueException';
  readonly retryable = false;

  constructor(functionName: string, variables: readonly string[]) {
    super(
      `The environment of ${functionName} contains reserved keys that cannot be set: ${variables.join(', ')}. Lambda sets them itself; remove them.`,
    );
  }
}
