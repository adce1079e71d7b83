import type { MetricName } from '../metrics.ts';
import type { Alarm } from './criteria.ts';
import type { Aggregation } from './metric-query.ts';

/** A monitor of one metric, or of the ratio of two, with a threshold for each queue or task. */
export interface MetricWatch {
  key: string;
  /** After the stage in the monitor's name. */
  title: string;
  /** What it means, and when it fires. */
  description: string;
  metric: MetricName;
  /** Divides `metric`. @default it is compared as it is */
  dividedBy?: MetricName;
  aggregation: Aggregation;
  groupBy: 'queue.name' | 'task.name';
  /** By queue or task. */
  thresholds: Readonly<Record<string, number>>;
  /** One more of `groupBy`, with its threshold: it counts only where `thresholds` differ. */
  besides?: { only: string; threshold: number };
  /** How many of the window's minutes are over the threshold. The only two that OneUptime knows. */
  fires: 'All Values' | 'Any Value';
  window: 'Past 5 Minutes' | 'Past 10 Minutes';
  /** Zero only where absence means zero: of a counter it does, of a gauge it means unknown. */
  noData: 'Ignore' | 'Treat As Zero';
  alarm: Alarm;
}
