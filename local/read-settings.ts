/** The settings of `npm start`, all from the environment. */
export interface Settings {
  /** PORT, 0 for a free one. @default 3000 */
  port: number;
  /** QUEUE_DATA_DIR */
  queueDataDirectory?: string;
  /** ONEUPTIME_ENDPOINT and ONEUPTIME_TOKEN, when both are set. */
  relay?: { endpoint: string; token: string };
  /** What the functions are told, too. */
  environment: Record<string, string>;
  warnings: string[];
}

/** Settings of the telemetry, which mean the same here as on AWS (docs/architecture.md). */
const PASSED_ON = /^(OTEL_\w+|LEADLINE_\w+|LOG_LEVEL|METRIC_PREFIX|APP_VERSION)$/;

/** @throws with the variable's name and what to do. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { PORT, QUEUE_DATA_DIR, ONEUPTIME_ENDPOINT, ONEUPTIME_TOKEN } = env;
  const warnings: string[] = [];
  if (Boolean(ONEUPTIME_ENDPOINT) !== Boolean(ONEUPTIME_TOKEN)) {
    const missing = ONEUPTIME_ENDPOINT ? 'ONEUPTIME_TOKEN' : 'ONEUPTIME_ENDPOINT';
    warnings.push(`Nothing is relayed to OneUptime: ${missing} is not set.`);
  }
  const passedOn = Object.entries(env).filter(
    (entry): entry is [string, string] => PASSED_ON.test(entry[0]) && entry[1] !== undefined,
  );
  return {
    port: readPort(PORT),
    ...(QUEUE_DATA_DIR && { queueDataDirectory: QUEUE_DATA_DIR }),
    ...(ONEUPTIME_ENDPOINT &&
      ONEUPTIME_TOKEN && {
        relay: { endpoint: readEndpoint(ONEUPTIME_ENDPOINT), token: ONEUPTIME_TOKEN },
      }),
    environment: Object.fromEntries(passedOn),
    warnings,
  };
}

function readPort(value: string | undefined): number {
  if (!value) return 3000;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`PORT is ${JSON.stringify(value)}; use a whole number from 0 to 65535.`);
}

function readEndpoint(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.username || url?.password) {
    throw new Error('ONEUPTIME_ENDPOINT holds a user or a password; the token is ONEUPTIME_TOKEN.');
  }
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return value;
  throw new Error(
    `ONEUPTIME_ENDPOINT is ${JSON.stringify(value)}; use a URL such as https://oneuptime.com/otlp.`,
  );
}
