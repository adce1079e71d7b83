import { LeadlineError } from './leadline-error.ts';

/** A setting of a function that it cannot start with. The message names the environment variable. */
export class InvalidSetting extends LeadlineError {
  override readonly name: string = 'InvalidSetting';
  readonly code: string = 'INVALID_SETTING';
  readonly retryable: boolean = false;
  readonly variable: string;

  constructor(variable: string, problem: string) {
    super(`${variable}: ${problem}`);
    this.variable = variable;
  }
}
