/** cli-progress 3 comes without types: this is what is used of it. */
declare module 'cli-progress' {
  interface SingleBarOptions {
    stream: NodeJS.WritableStream;
    format: string;
    barCompleteChar?: string;
    barIncompleteChar?: string;
    /** @default false */
    hideCursor?: boolean;
    /** Whether nothing of it stays. @default false */
    clearOnComplete?: boolean;
  }

  class SingleBar {
    constructor(options: SingleBarOptions);
    start(total: number, value: number): void;
    update(value: number): void;
    setTotal(total: number): void;
    stop(): void;
  }

  const cliProgress: { SingleBar: typeof SingleBar };
  export = cliProgress;
}
