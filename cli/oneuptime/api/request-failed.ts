/** OneUptime refused a request, or did not answer it. */
export class RequestFailed extends Error {
  override readonly name: string = 'RequestFailed';
  /** Absent when there was no answer. */
  readonly status: number | undefined;

  constructor(message: string, status: number | undefined, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }

  /** Whether it may have been done all the same. */
  get isUncertain(): boolean {
    return this.status === undefined || this.status >= 500;
  }
}
