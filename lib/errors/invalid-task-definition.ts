import { LeadlineError } from './leadline-error.ts';

/** `defineTask`, `implementTask` or a registry was given something that can never work. */
export class InvalidTaskDefinition extends LeadlineError {
  override readonly name: string = 'InvalidTaskDefinition';
  readonly code: string = 'INVALID_TASK_DEFINITION';
  readonly retryable: boolean = false;
}
