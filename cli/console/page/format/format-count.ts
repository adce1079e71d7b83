const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** `1,234`; from 100,000 on `123.4K`, so that it fits where it stands. */
export function formatCount(count: number): string {
  return count < 100_000 ? whole.format(count) : compact.format(count);
}

/** A rate a second: `0`, `0.05`, `3.2`, `140`. */
export function formatRate(rate: number): string {
  if (rate === 0) return '0';
  if (rate < 0.995) return rate.toFixed(2);
  return rate < 99.95 ? rate.toFixed(1) : formatCount(rate);
}

/** Of 0 to 1: `0 %`, `0.4 %`, `12 %`. Never 0 or 100 for what is only nearly so. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9) return '> 99.9 %';
  return percent < 9.95 || percent > 99 ? `${percent.toFixed(1)} %` : `${percent.toFixed(0)} %`;
}

/** `1 message`, `2 messages`. */
export function formatMany(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
