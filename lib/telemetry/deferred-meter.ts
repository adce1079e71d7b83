import type {
  Attributes,
  BatchObservableCallback,
  BatchObservableResult,
  Context,
  Meter,
  Observable,
} from '@opentelemetry/api';

export interface DeferredMeterOptions {
  /** Does something with the meter, at once or when there is one. */
  setUp(act: (meter: Meter) => void): void;
  /** Does something when there is a meter, unless too much waits already. */
  measureLater(act: () => void): void;
}

type Measure = (value: number, attributes?: Attributes, context?: Context) => void;

/** A meter whose instruments are the SDK's as soon as there are any. */
export function createDeferredMeter({ setUp, measureLater }: DeferredMeterOptions): Meter {
  const instrument = <Method extends 'add' | 'record'>(
    method: Method,
    create: (meter: Meter) => Record<Method, Measure>,
  ): Record<Method, Measure> => {
    let real: Record<Method, Measure> | undefined;
    setUp((meter) => {
      real = create(meter);
    });
    const measure: Measure = (value, attributes, context) => {
      if (real !== undefined) return real[method](value, attributes, context);
      // Copied: the caller may go on to change them.
      const copy = attributes && { ...attributes };
      measureLater(() => real?.[method](value, copy, context));
    };
    return { [method]: measure } as Record<Method, Measure>;
  };

  /** The SDK's of each that was made here: it takes no other. */
  const realOf = new Map<Observable, Observable>();
  const observable = (create: (meter: Meter) => Observable): Observable => {
    const own: Observable = {
      addCallback: (callback) => setUp(() => realOf.get(own)?.addCallback(callback)),
      removeCallback: (callback) => setUp(() => realOf.get(own)?.removeCallback(callback)),
    };
    setUp((meter) => realOf.set(own, create(meter)));
    return own;
  };
  const toReal = (observables: readonly Observable[]) =>
    observables.map((each) => realOf.get(each) ?? each);
  const batchOf = new Map<BatchObservableCallback, BatchObservableCallback>();
  const toBatch = (callback: BatchObservableCallback) => {
    const batch: BatchObservableCallback =
      batchOf.get(callback) ?? ((result) => callback(toOwn(result)));
    batchOf.set(callback, batch);
    return batch;
  };
  const toOwn = (result: BatchObservableResult): BatchObservableResult => ({
    observe: (metric, value, attributes) =>
      result.observe(realOf.get(metric) ?? metric, value, attributes),
  });

  return {
    createCounter: (...identity) => instrument('add', (meter) => meter.createCounter(...identity)),
    createUpDownCounter: (...identity) =>
      instrument('add', (meter) => meter.createUpDownCounter(...identity)),
    createHistogram: (...identity) =>
      instrument('record', (meter) => meter.createHistogram(...identity)),
    createGauge: (...identity) => instrument('record', (meter) => meter.createGauge(...identity)),
    createObservableCounter: (...identity) =>
      observable((meter) => meter.createObservableCounter(...identity)),
    createObservableUpDownCounter: (...identity) =>
      observable((meter) => meter.createObservableUpDownCounter(...identity)),
    createObservableGauge: (...identity) =>
      observable((meter) => meter.createObservableGauge(...identity)),
    addBatchObservableCallback: (callback, observables) =>
      setUp((meter) => meter.addBatchObservableCallback(toBatch(callback), toReal(observables))),
    removeBatchObservableCallback: (callback, observables) =>
      setUp((meter) => meter.removeBatchObservableCallback(toBatch(callback), toReal(observables))),
  };
}
