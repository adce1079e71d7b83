/** `850 µs`, `12 ms`, `1.42 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`: three digits at most. */
export function formatDuration(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms)) return '–';
  if (ms < 0) return `−${formatDuration(-ms)}`;
  if (ms === 0) return '0 ms';
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`;
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 9_995) return `${(ms / 1000).toFixed(2)} s`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3_600) return pair(seconds, 60, 'min', 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 24 * 60) return pair(minutes, 60, 'h', 'min');
  return pair(Math.round(minutes / 60), 24, 'd', 'h');
}

/** Of what goes on, in whole seconds: `42 s`, `3 min 5 s`. */
export function formatAge(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return whole < 60 ? `${whole} s` : formatDuration(whole * 1000);
}

function pair(value: number, per: number, large: string, small: string): string {
  const rest = value % per;
  const whole = `${Math.floor(value / per)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}
