/** A chain or group that cannot go on, however often its step is delivered. */
export class WorkflowStopped extends Error {
  override readonly name: string = 'WorkflowStopped';
  /** `error.type` of its record. */
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
