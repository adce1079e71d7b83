/** The settings of `npm start`, all from the environment. */
export interface Settings {
  /** PORT, 0 for a free one. @default 3000 */
  port: number;
  /** QUEUE_DATA_DIR */
  queueDataDirectory?: string;
  /** ONEUPTIME_ENDPOINT and ONEUPTIME_TOKEN, when both are set. */
  relay?: { endpoint: string; token: string };
}

/** @throws with the variable's name and what to do. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const { PORT, QUEUE_DATA_DIR, ONEUPTIME_ENDPOINT, ONEUPTIME_TOKEN } = env;
  const port = PORT ? Number(PORT) : 3000;
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is ${JSON.stringify(PORT)}; use a whole number from 0 to 65535.`);
  }
  if (ONEUPTIME_ENDPOINT && !/^https?:\/\//.test(ONEUPTIME_ENDPOINT)) {
    throw new Error(
      `ONEUPTIME_ENDPOINT is ${JSON.stringify(ONEUPTIME_ENDPOINT)}; use a URL such as https://oneuptime.com/otlp.`,
    );
  }
  return {
    port,
    ...(QUEUE_DATA_DIR && { queueDataDirectory: QUEUE_DATA_DIR }),
    ...(ONEUPTIME_ENDPOINT &&
      ONEUPTIME_TOKEN && { relay: { endpoint: ONEUPTIME_ENDPOINT, token: ONEUPTIME_TOKEN } }),
  };
}
