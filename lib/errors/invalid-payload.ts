import { LeadlineError } from './leadline-error.ts';

/** One thing that the task's schema did not accept. */
export interface PayloadIssue {
  /** Keys from the payload's root, `[]` for the payload itself. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The payload does not fit the task's schema. Nothing was sent, and nothing ran. */
export class InvalidPayload extends LeadlineError {
  override readonly name: string = 'InvalidPayload';
  readonly code: string = 'INVALID_PAYLOAD';
  readonly retryable: boolean = false;
  readonly task: string;
  readonly issues: readonly PayloadIssue[];

  constructor(task: string, issues: readonly PayloadIssue[]) {
    super(`The payload of ${task} does not fit its schema: ${issues.map(describe).join('; ')}`);
    this.task = task;
    this.issues = issues;
  }
}

function describe({ path, message }: PayloadIssue): string {
  return path.length === 0 ? message : `${path.join('.')}: ${message}`;
}
