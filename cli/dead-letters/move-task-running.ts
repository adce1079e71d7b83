/** SQS runs one move task a queue, and one is running already. */
export class MoveTaskRunning extends Error {
  override readonly name: string = 'MoveTaskRunning';
  readonly moved: number;
  readonly startedAt: Date;

  constructor(queueName: string, moved: number, startedAt: Date) {
    super(
      `A redrive of ${queueName} is running since ${startedAt.toISOString()}, with ${moved} messages moved so far. SQS runs one a queue: wait for its end.`,
    );
    this.moved = moved;
    this.startedAt = startedAt;
  }
}
