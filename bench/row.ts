import type { Bundles } from './build-bundles.ts';
import type { Variant } from './variants.ts';

/** One line of the table. */
export interface Row {
  what: string;
  /** Absolutes, as text with their unit. */
  cells: Partial<Record<Variant, string>>;
  target: string;
  /** The figure that the target is about, for each mode or peer that is judged; none: orientation. */
  checks: readonly Check[];
}

export interface Check {
  /** What is judged, e.g. `adaptive +0.4 ms`. */
  says: string;
  ok: boolean;
}

export interface Benchmark {
  /** For `--only`. */
  name: string;
  measure: (bundles: Bundles) => Promise<Row[]>;
}

/** An absolute with its difference to bare. */
export function withDifference(
  value: number,
  difference: number,
  unit: string,
  digits = 0,
): string {
  return `${value.toFixed(digits)} ${unit} (${signed(difference, digits)})`;
}

export function signed(value: number, digits = 0): string {
  const text = value.toFixed(digits);
  return value < 0 ? text.replace('-', '−') : `+${text}`;
}
