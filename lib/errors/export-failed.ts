import { LeadlineError } from './leadline-error.ts';

/** An OTLP backend did not take an export; `cause` says why. No task ever sees it. */
export class ExportFailed extends LeadlineError {
  override readonly name: string = 'ExportFailed';
  readonly code: string = 'EXPORT_FAILED';
  readonly retryable: boolean = true;
}
