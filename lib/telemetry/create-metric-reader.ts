import {
  AggregationTemporality,
  AggregationType,
  InstrumentType,
  type MetricProducer,
  MetricReader,
} from '@opentelemetry/sdk-metrics';

/** A reader that is collected when a flush asks for it. */
export type OnDemandMetricReader = Pick<MetricReader, 'collect'> & MetricReader;

/**
 * Delta temporality, since the instances are many and short-lived and OneUptime adds points up;
 * exponential histograms, since their percentiles are right without choosing buckets.
 *
 * @param metricProducers bring metrics that no instrument of the SDK's recorded. @default none
 */
export function createMetricReader(metricProducers: MetricProducer[] = []): OnDemandMetricReader {
  // The SDK takes readers that extend its class only.
  class OnDemandReader extends MetricReader {
    protected async onShutdown(): Promise<void> {}
    protected async onForceFlush(): Promise<void> {}
  }
  return new OnDemandReader({
    metricProducers,
    aggregationTemporalitySelector: (type) =>
      type === InstrumentType.UP_DOWN_COUNTER || type === InstrumentType.OBSERVABLE_UP_DOWN_COUNTER
        ? AggregationTemporality.CUMULATIVE
        : AggregationTemporality.DELTA,
    aggregationSelector: (type) =>
      type === InstrumentType.HISTOGRAM
        ? { type: AggregationType.EXPONENTIAL_HISTOGRAM }
        : { type: AggregationType.DEFAULT },
  });
}
