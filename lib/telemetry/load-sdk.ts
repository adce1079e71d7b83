import type { ExportSettings, Signal } from './export-settings.ts';
import type { startMetrics } from './start-metrics.ts';

/** What a flush needs of OpenTelemetry's SDK. */
export interface LoadedSdk {
  /** The exporters' classes. */
  readonly exporters: Readonly<Record<Signal, unknown>>;
  readonly startMetrics: typeof startMetrics;
}

/**
 * Loads it with the first flush: 90 KB, which are no part of a cold start and, with an extension,
 * come after a response. In one module a protocol, so that it is one file to open.
 */
export async function loadSdk(protocol: ExportSettings['protocol']): Promise<LoadedSdk> {
  const { sdk } =
    protocol === 'http/protobuf'
      ? await import('./protobuf-exporters.ts')
      : await import('./json-exporters.ts');
  return sdk;
}
