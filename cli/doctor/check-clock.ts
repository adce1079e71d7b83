import type { Finding } from './finding.ts';

const WARNING_SECONDS = 10;
/** AWS refuses signatures that are five minutes off. */
const PROBLEM_SECONDS = 300;

/** @param date the `Date` header of an answer that has just come */
export function checkClock(date: string | undefined, now: number): Finding {
  const name = 'clock';
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) {
    const advice = 'It is measured by the answer of OneUptime: see to the token first.';
    return { name, level: 'warning', text: 'not measured', advice };
  }
  const skew = Math.round(Math.abs(now - there) / 1000);
  const direction = now > there ? 'ahead' : 'behind';
  if (skew <= WARNING_SECONDS) return { name, level: 'ok', text: `within ${WARNING_SECONDS} s` };
  const advice = 'Set the clock by NTP: times of telemetry are wrong, and AWS refuses 5 minutes.';
  const level = skew >= PROBLEM_SECONDS ? 'problem' : 'warning';
  return { name, level, text: `${skew} s ${direction}`, advice };
}
