/** The rule of a setting. Whole numbers, unless `fraction` is set. */
export interface NumberRule {
  readonly from: number;
  readonly to?: number;
  readonly fraction?: boolean;
  /** After the numbers: ` s`. */
  readonly unit?: string;
}

/** @throws Error for what AWS would refuse in the middle of a deployment; it says what to set. */
export function checkNumber(name: string, value: number | undefined, rule: NumberRule): void {
  if (value === undefined) return;
  const { from, to = Number.MAX_SAFE_INTEGER, fraction = false, unit = '' } = rule;
  const right = fraction ? Number.isFinite(value) : Number.isInteger(value);
  if (right && value >= from && value <= to) return;
  const format = (limit: number) => limit.toLocaleString('en');
  const range =
    rule.to === undefined ? `of ${format(from)} or more` : `from ${format(from)} to ${format(to)}`;
  throw new Error(
    `${name} is ${value}${unit}; set it to a ${fraction ? '' : 'whole '}number ${range}${unit}.`,
  );
}
