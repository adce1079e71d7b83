import type { DepthPoint } from '../console-api.ts';

/** The points of the last 15 minutes. */
export interface DepthHistory {
  add(point: DepthPoint): void;
  points(now: number): DepthPoint[];
}

const LENGTH_MS = 15 * 60_000;
/** One a second. */
const MAX_POINTS = 900;

export function createDepthHistory(): DepthHistory {
  const points: DepthPoint[] = [];
  const dropOld = (now: number) => {
    while (points[0] !== undefined && points[0][0] < now - LENGTH_MS) points.shift();
  };
  return {
    add(point) {
      points.push(point);
      if (points.length > MAX_POINTS) points.shift();
      dropOld(point[0]);
    },
    points(now) {
      dropOld(now);
      return [...points];
    },
  };
}
