import type { PayloadProblem } from '../console-api.ts';

/** Why a request of the page is not served: what is answered in the place of an answer. */
export class ConsoleRefusal extends Error {
  override readonly name: string = 'ConsoleRefusal';
  readonly status: number;
  readonly code: string;
  readonly issues: readonly PayloadProblem[] | undefined;

  constructor(status: number, code: string, message: string, issues?: readonly PayloadProblem[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.issues = issues;
  }
}

export function notFound(message: string): ConsoleRefusal {
  return new ConsoleRefusal(404, 'not_found', message);
}

export function badRequest(message: string): ConsoleRefusal {
  return new ConsoleRefusal(400, 'bad_request', message);
}
