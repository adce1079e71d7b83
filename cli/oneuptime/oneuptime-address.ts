import { hideCredentials } from '../hide-credentials.ts';
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
  const isHttp = /^https?:$/.test(url?.protocol ?? '');
  // A password, or a query, would be printed with every address that is made of it.
  const isPlain = !url?.username && !url?.password && !url?.search && !url?.hash;
  if (!isHttp || !isPlain || !otlp.endsWith('/otlp')) {
    throw new UsageError(
      `The endpoint of OneUptime is ${JSON.stringify(hideCredentials(endpoint))}; give its OTLP base, as https://oneuptime.com/otlp.`,
    );
  }
  return { otlp, origin: otlp.slice(0, -'/otlp'.length) };
}
