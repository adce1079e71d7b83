const UNITS: [seconds: number, name: string][] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** How long ago, in its largest unit: `3 h`. */
export function describeAge(date: Date | undefined, now: number = Date.now()): string {
  return date === undefined ? '-' : describeSeconds((now - date.getTime()) / 1_000);
}

/** A clock that is ahead makes no negative ones. */
export function describeSeconds(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [size, name] = UNITS.find(([unit]) => whole >= unit) ?? [1, 's'];
  return `${Math.floor(whole / size)} ${name}`;
}
