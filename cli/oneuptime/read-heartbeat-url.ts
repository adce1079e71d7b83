import { type OneUptimeApi, plainId } from './api/oneuptime-api.ts';

/**
 * What the depth function has to call: the key in it is OneUptime's, made with the monitor.
 *
 * @throws Error where the monitor has no key.
 */
export async function readHeartbeatUrl(
  api: OneUptimeApi,
  origin: string,
  monitorId: string,
): Promise<string> {
  const monitor = await api.read('monitor', monitorId, ['incomingRequestSecretKey']);
  const key = plainId(monitor['incomingRequestSecretKey']);
  if (key) return `${origin}/heartbeat/${key}`;
  throw new Error(
    `The heartbeat monitor (${monitorId}) has no incomingRequestSecretKey. Delete it in OneUptime, then apply.`,
  );
}
