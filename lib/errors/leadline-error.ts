/**
 * What every error of Leadline has in common.
 * Tell them apart by `code`, which stays the same across releases, builds and copies of the package.
 */
export abstract class LeadlineError extends Error {
  /** Stable, upper case, for programs. */
  abstract readonly code: string;
  /** Whether the same call may succeed when it is made again later. */
  abstract readonly retryable: boolean;
}
