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

  const observable = (create: (meter: Meter) => Observable): Observable => {
    const own: Observable = {
      addCallback: (callback) => setUp(() => realOf.get(own)?.addCallback(callback)),
      removeCallback: (callback) => setUp(() => realOf.get(own)?.removeCallback(callback)),
    };
    setUp((meter) => realOf.set(own, create(meter)));
    return own;
  };

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

/**
 * The SDK's of each observable that was made here: it takes no other. Of all meters, since those
 * of one name are one to it.
 */
const realOf = new WeakMap<Observable, Observable>();
const batchOf = new WeakMap<BatchObservableCallback, BatchObservableCallback>();

function toReal(observables: readonly Observable[]): Observable[] {
  return observables.map((each) => realOf.get(each) ?? each);
}

function toBatch(callback: BatchObservableCallback): BatchObservableCallback {
  const batch: BatchObservableCallback =
    batchOf.get(callback) ?? ((result) => callback(toOwn(result)));
  batchOf.set(callback, batch);
  return batch;
}

function toOwn(result: BatchObservableResult): BatchObservableResult {
  return {
    observe: (metric, value, attributes) =>
      result.observe(realOf.get(metric) ?? metric, value, attributes),
  };
}
