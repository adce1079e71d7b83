import { UsageError } from '../usage-error.ts';

export interface OneUptimeAddress {
  /** OTLP base: `https://oneuptime.com/otlp`. */
  otlp: string;
  /** Where /api and /heartbeat are: `https://oneuptime.com`. */
  origin: string;
}

/**
 * Where OneUptime is, by its OTLP base.
 *
 * @throws UsageError for what is no such base.
 */
export function readAddress(endpoint: string): OneUptimeAddress {
  const otlp = endpoint.replace(/\/+$/, '');
  const url = URL.canParse(otlp) ? new URL(otlp) : undefined;
  if (!/^https?:$/.test(url?.protocol ?? '') || !otlp.endsWith('/otlp') || url?.username) {
    throw new UsageError(
      `The endpoint of OneUptime is ${JSON.stringify(endpoint)}; give its OTLP base, as https://oneuptime.com/otlp.`,
    );
  }
  return { otlp, origin: otlp.slice(0, -'/otlp'.length) };
}
