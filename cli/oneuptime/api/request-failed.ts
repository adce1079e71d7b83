/** OneUptime refused a request, or did not answer it. */
export class RequestFailed extends Error {
  override readonly name: string = 'RequestFailed';
  /** Absent when there was no answer. */
  readonly status: number | undefined;

  /** The `Date` header of the answer. */
  readonly date: string | undefined;

  constructor(
    message: string,
    status: number | undefined,
    { date }: { date?: string | undefined } = {},
  ) {
    super(message);
    this.status = status;
    this.date = date;
  }

  /** Whether it may have been done all the same. */
  get isUncertain(): boolean {
    return this.status === undefined || this.status >= 500;
  }
}
