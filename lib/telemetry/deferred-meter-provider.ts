import { diag, type MeterProvider } from '@opentelemetry/api';
import { createDeferredMeter } from './deferred-meter.ts';

export interface DeferredMeterProvider extends MeterProvider {
  /** Hands over what was made and measured so far, in its order; from here on nothing waits. */
  use(provider: MeterProvider): void;
}

/** An invocation makes some ten a message, and the first flush comes with the first invocation. */
const MAX_WAITING = 10_000;

/**
 * Meters that can be used before there are any. The SDK's are 44 KB of code, a fifth of what a
 * cold start of a worker would load: the first flush loads them, after the response where it comes
 * after it.
 *
 * @param onDropped is told of the measurements for which there was no room, when they are handed over.
 */
export function createDeferredMeterProvider(
  onDropped: (measurements: number) => void,
): DeferredMeterProvider {
  let real: MeterProvider | undefined;
  let waiting: ((provider: MeterProvider) => void)[] = [];
  let measurements = 0;
  let dropped = 0;
  return {
    getMeter: (...identity) =>
      createDeferredMeter({
        setUp(act) {
          if (real !== undefined) act(real.getMeter(...identity));
          else waiting.push((provider) => act(provider.getMeter(...identity)));
        },
        measureLater(act) {
          if (measurements < MAX_WAITING) {
            measurements += 1;
            waiting.push(act);
          } else {
            dropped += 1;
          }
        },
      }),
    use(provider) {
      real = provider;
      const acts = waiting;
      waiting = [];
      for (const act of acts) {
        try {
          act(provider);
        } catch (error) {
          // The SDK throws at a bigint among the attributes: that is no reason to lose the rest.
          diag.error('A measurement was not taken.', error);
        }
      }
      if (dropped > 0) onDropped(dropped);
    },
  };
}
