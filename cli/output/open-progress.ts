/// <reference path="./cli-progress.d.ts" />
import cliProgress from 'cli-progress';

/** How far something is, while it goes on. */
export interface Progress {
  /** @param total about how many there are. @default unknown, as of what comes through a pipe */
  update(done: number, total?: number): void;
  /** Takes it away again: what is to stay is said in the answer. */
  stop(): void;
}

/** @param what is counted, in the plural: `messages` */
export function openProgress(stream: NodeJS.WritableStream, what: string): Progress {
  let bar: InstanceType<typeof cliProgress.SingleBar> | undefined;
  return {
    update(done, total) {
      if (bar === undefined) {
        const format =
          total === undefined ? `{value} ${what}` : `{bar} {value} of about {total} ${what}`;
        bar = new cliProgress.SingleBar({
          stream,
          format,
          barCompleteChar: '█',
          barIncompleteChar: '░',
          hideCursor: true,
          clearOnComplete: true,
        });
        bar.start(Math.max(total ?? 0, done), done);
        return;
      }
      if (total !== undefined) bar.setTotal(Math.max(total, done));
      bar.update(done);
    },
    stop: () => bar?.stop(),
  };
}
