import { LeadlineError } from './leadline-error.ts';

/** A task had not ended when the wait for its result was over. It goes on. */
export class ResultTimeout extends LeadlineError {
  override readonly name: string = 'ResultTimeout';
  readonly code: string = 'RESULT_TIMEOUT';
  readonly retryable: boolean = true;
  /** The task id, to ask for the result later. */
  readonly id: string;

  constructor(id: string, seconds: number) {
    super(`Task ${id} had not ended after ${seconds} s. Ask for its result later.`);
    this.id = id;
  }
}
