/** The clock on the wall of a time zone. Its times are milliseconds, as if the zone were UTC. */
export interface WallClock {
  wallOf(instantMs: number): number;
  /** The first time that the clock shows it; undefined for a time that it leaps over in spring. */
  instantOf(wallMs: number): number | undefined;
}

const DAY_MS = 86_400_000;

/** @throws RangeError for a zone that is not known. */
export function createWallClock(timezone: string): WallClock {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const wallOf = (instantMs: number): number => {
    const parts = format.formatToParts(instantMs);
    const get = (type: string) => Number(parts.find((part) => part.type === type)?.value);
    const date = [get('year'), get('month') - 1, get('day')] as const;
    return Date.UTC(...date, get('hour'), get('minute'), get('second'));
  };
  const offsetAt = (instantMs: number) => wallOf(instantMs) - Math.floor(instantMs / 1000) * 1000;
  return {
    wallOf,
    instantOf(wallMs) {
      // No zone is more than 14 hours from UTC: a day before and after has every offset in question.
      const offsets = new Set([wallMs - DAY_MS, wallMs, wallMs + DAY_MS].map(offsetAt));
      const instants = [...offsets].map((offset) => wallMs - offset);
      const shown = instants.filter((instant) => wallOf(instant) === wallMs);
      return shown.length === 0 ? undefined : Math.min(...shown);
    },
  };
}
