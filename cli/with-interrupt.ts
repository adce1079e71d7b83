const SIGNALS = ['SIGINT', 'SIGTERM'] as const;
/** As a shell says it of what Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Runs with a signal that Ctrl-C aborts, so that it can end in order; a second Ctrl-C ends it at once. */
export async function withInterrupt<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  try {
    return await run(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
}
