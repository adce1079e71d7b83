import type { CheckResult } from './check-result.ts';

export const CHECK_NAMES = ['broker', 'workers', 'telemetry'] as const;
export type CheckName = (typeof CHECK_NAMES)[number];

/** What `GET /health` answers. */
export interface Health {
  status: 'healthy' | 'unhealthy';
  checks: Partial<Record<CheckName, CheckResult & { duration_ms: number }>>;
  version: string | null;
}

/** One round of the checks that were asked for. */
export type RunChecks = (
  names: readonly CheckName[],
  deadline: number,
) => Partial<Record<CheckName, Promise<CheckResult>>>;

/** Of all checks together. */
const BOUND_MS = 3_000;
/** For the answers that come in at the last moment. */
const MARGIN_MS = 200;
const CACHE_MS = 10_000;

/** Runs checks side by side within 3 s. Answers are good for 10 s. Never rejects. */
export function createHealthCheck(
  run: RunChecks,
  version: string | null,
): (names: readonly CheckName[]) => Promise<Health> {
  const answers = new Map<string, { at: number; health: Promise<Health> }>();
  return (names) => {
    const key = names.join();
    const known = answers.get(key);
    if (known !== undefined && Date.now() - known.at < CACHE_MS) return known.health;
    const health = check(run, names, version);
    answers.set(key, { at: Date.now(), health });
    return health;
  };
}

async function check(
  run: RunChecks,
  names: readonly CheckName[],
  version: string | null,
): Promise<Health> {
  const startedAt = performance.now();
  const running = run(names, startedAt + BOUND_MS - MARGIN_MS);
  const checks: Health['checks'] = {};
  await Promise.all(
    names.map(async (name) => {
      const result = await within(BOUND_MS, running[name]);
      const duration_ms = Math.round(performance.now() - startedAt);
      checks[name] = { ...result, duration_ms };
    }),
  );
  const unhealthy = (['broker', 'workers'] as const).some(
    (name) => checks[name]?.status === 'unhealthy',
  );
  const inOrder = Object.fromEntries(names.map((name) => [name, checks[name]]));
  return { status: unhealthy ? 'unhealthy' : 'healthy', checks: inOrder, version };
}

async function within(
  boundMs: number,
  result: Promise<CheckResult> | undefined,
): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(
      () => resolve({ status: 'unhealthy', reason: `No answer within ${boundMs} ms.` }),
      boundMs,
    );
  });
  try {
    return await Promise.race([result ?? { status: 'unknown' as const }, bound]);
  } catch {
    return { status: 'unhealthy', reason: 'The check itself failed.' };
  } finally {
    clearTimeout(timer);
  }
}
