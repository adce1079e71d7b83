import { QUEUE_NAME } from '../instrumentation/attributes.ts';
import type { Gauge } from '../instrumentation/telemetry-handle.ts';

/** What is known of a queue and its worker at one time: docs/telemetry.md, Metrics. */
export interface GaugePoint {
  gauge: GaugeName;
  /** `queue.name` */
  queue: string;
  value: number;
  /** Milliseconds since 1970: when it was read, or the start of CloudWatch's period. */
  timeMs: number;
}

export type GaugeName =
  | 'queue.depth'
  | 'queue.in_flight'
  | 'queue.delayed'
  | 'queue.dead_letters'
  | 'queue.oldest_message.age'
  | 'queue.messages.sent'
  | 'queue.messages.received'
  | 'queue.messages.deleted'
  | 'queue.time_to_drain'
  | 'workers.active'
  | 'worker.invocations'
  | 'worker.errors'
  | 'worker.throttles';

interface GaugeDescription {
  unit: string;
  description: string;
  /** The unit stands in the name, as Prometheus has it. */
  prometheusName: string;
}

/** Every gauge, under the names of OTLP and of Prometheus. */
const DESCRIPTIONS: Readonly<Record<GaugeName, GaugeDescription>> = {
  'queue.depth': {
    unit: '{message}',
    description: 'Messages that can be received now.',
    prometheusName: 'queue_depth_messages',
  },
  'queue.in_flight': {
    unit: '{message}',
    description: 'Messages that were received and are neither deleted nor visible again.',
    prometheusName: 'queue_in_flight_messages',
  },
  'queue.delayed': {
    unit: '{message}',
    description: 'Messages that wait for the end of their delay.',
    prometheusName: 'queue_delayed_messages',
  },
  'queue.dead_letters': {
    unit: '{message}',
    description: 'Messages in the dead-letter queue of this queue.',
    prometheusName: 'queue_dead_letters',
  },
  'queue.oldest_message.age': {
    unit: 's',
    description: 'Age of the oldest message that was received less than three times.',
    prometheusName: 'queue_oldest_message_age_seconds',
  },
  'queue.messages.sent': {
    unit: '{message}/min',
    description: 'Messages sent in a minute.',
    prometheusName: 'queue_messages_sent_per_minute',
  },
  'queue.messages.received': {
    unit: '{message}/min',
    description: 'Messages received in a minute.',
    prometheusName: 'queue_messages_received_per_minute',
  },
  'queue.messages.deleted': {
    unit: '{message}/min',
    description: 'Messages deleted in a minute.',
    prometheusName: 'queue_messages_deleted_per_minute',
  },
  'queue.time_to_drain': {
    unit: 's',
    description: 'Time until the queue is empty at its current pace.',
    prometheusName: 'queue_time_to_drain_seconds',
  },
  'workers.active': {
    unit: '{instance}',
    description: 'Instances of the worker that ran side by side, the most in a minute.',
    prometheusName: 'workers_active',
  },
  'worker.invocations': {
    unit: '{invocation}/min',
    description: 'Invocations of the worker in a minute.',
    prometheusName: 'worker_invocations_per_minute',
  },
  'worker.errors': {
    unit: '{error}/min',
    description: 'Invocations of the worker in a minute that failed as a whole.',
    prometheusName: 'worker_errors_per_minute',
  },
  'worker.throttles': {
    unit: '{throttle}/min',
    description:
      'Invocations of the worker in a minute that Lambda refused for want of concurrency.',
    prometheusName: 'worker_throttles_per_minute',
  },
};

/** The point as the telemetry takes it. */
export function toGauge({ gauge, queue, value, timeMs }: GaugePoint): Gauge {
  const { unit, description } = DESCRIPTIONS[gauge];
  return { name: gauge, unit, description, value, attributes: { [QUEUE_NAME]: queue }, timeMs };
}

/** The same under the name that Prometheus has for it. */
export function toPrometheusGauge(point: GaugePoint): Gauge {
  return { ...toGauge(point), name: DESCRIPTIONS[point.gauge].prometheusName };
}
