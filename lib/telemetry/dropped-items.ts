import type { MeterProvider } from '@opentelemetry/api';
import type { Signal } from './export-settings.ts';
import { DISTRO_VERSION } from './resource.ts';

export type CountDropped = (signal: Signal, reason: string, items?: number) => void;

interface Total {
  items: number;
  readonly attributes: { signal: Signal; reason: string };
}

/**
 * `telemetry.dropped`. Counted here and observed when metrics are collected: as measurements of
 * their own, thousands of spans too many would leave no room for the others that wait for the SDK.
 * Only what has changed is observed: with delta temporality the rest would be points of 0.
 */
export function createDroppedItems(meters: MeterProvider): CountDropped {
  const totals = new Map<string, Total>();
  const changed = new Set<Total>();
  meters
    .getMeter('leadline', DISTRO_VERSION)
    .createObservableCounter('telemetry.dropped', {
      unit: '{item}',
      description: 'Telemetry that was given up.',
    })
    .addCallback((result) => {
      for (const { items, attributes } of changed) result.observe(items, attributes);
      changed.clear();
    });
  return (signal, reason, items = 1) => {
    const key = `${signal} ${reason}`;
    const total = totals.get(key) ?? { items: 0, attributes: { signal, reason } };
    total.items += items;
    totals.set(key, total);
    changed.add(total);
  };
}
