import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { ExportFailed } from '../errors/export-failed.ts';
import type { TelemetryConfig } from './config.ts';
import { createExportAgentFactory, type ExportWatch, resetWatch } from './export-agent.ts';
import {
  type Compression,
  type ExportSettings,
  type ExportTarget,
  SIGNALS,
  type Signal,
} from './export-settings.ts';
import { loadSdk } from './load-sdk.ts';
import type { Token } from './token.ts';

/** One signal's way out. */
export interface SignalExporter<T> {
  /** Sends one request. @throws ExportFailed when the backend did not take it */
  send(items: T): Promise<void>;
  /** What is known of the last attempt. */
  readonly watch: ExportWatch;
  /** After a 401: whether another token than the refused one may pass. */
  canRefreshToken(): boolean;
}

export interface Exporters {
  traces?: SignalExporter<ReadableSpan[]>;
  metrics?: SignalExporter<ResourceMetrics>;
  logs?: SignalExporter<ReadableLogRecord[]>;
}

/** What the exporters of OpenTelemetry are made with. */
interface ExporterOptions {
  timeoutMillis: number;
  httpAgentOptions: ReturnType<typeof createExportAgentFactory>;
  compression: Compression;
  url: string;
  headers: () => Promise<Record<string, string>>;
}

interface CallbackExporter<T> {
  export(items: T, done: (result: { code: number; error?: Error }) => void): void;
}

const TOKEN_HEADER = 'x-oneuptime-token';

type ExporterConstructors = Record<
  Signal,
  new (
    options: ExporterOptions,
  ) => CallbackExporter<never>
>;

/**
 * OpenTelemetry's OTLP/HTTP exporters. A signal without a target has none. Their code is loaded
 * with the first request, which is no part of a cold start, and with an extension after a response.
 */
export function createExporters(
  { exports }: TelemetryConfig,
  token: Token | undefined,
  defaultCompression: Compression = 'none',
): Exporters {
  const exporters: Record<string, SignalExporter<never>> = {};
  for (const signal of SIGNALS) {
    const settings = exports[signal];
    const { target, compression = defaultCompression } = settings;
    if (target.kind === 'none') continue;
    const watch: ExportWatch = {};
    const access = token && createTokenAccess(token);
    const load = async () => {
      const sdk = await loadSdk(settings.protocol);
      const options = exporterOptions(settings, target, compression, watch, access?.getToken);
      const Exporter = (sdk.exporters as ExporterConstructors)[signal];
      return promisify(new Exporter(options), watch);
    };
    let loading: ReturnType<typeof load> | undefined;
    exporters[signal] = {
      watch,
      async send(items) {
        resetWatch(watch);
        loading ??= load().catch((error: unknown) => {
          // As for metrics, the next flush may load it.
          loading = undefined;
          watch.unloaded = true;
          throw new ExportFailed('The exporter could not be loaded.', { cause: error });
        });
        const send = await loading;
        await send(items);
      },
      canRefreshToken: () => access?.canRefresh() ?? false,
    };
  }
  return exporters as Exporters;
}

/** One signal's use of the token: each learns of a 401 by itself, and of the others' refresh. */
function createTokenAccess(token: Token) {
  let sent: string | undefined;
  return {
    getToken: async () => {
      sent = await token.get();
      return sent;
    },
    canRefresh: () => sent !== undefined && token.refresh(sent),
  };
}

/** Everything is handed over: what is left out the exporters read from process.env. */
function exporterOptions(
  { timeoutMs }: ExportSettings,
  target: Exclude<ExportTarget, { kind: 'none' }>,
  compression: Compression,
  watch: ExportWatch,
  getToken: (() => Promise<string>) | undefined,
): ExporterOptions {
  const fixed = target.kind === 'standard' ? target.headers : {};
  const withToken = target.kind === 'oneuptime' && getToken !== undefined;
  const headerNames = new Set([...Object.keys(fixed), ...(withToken ? [TOKEN_HEADER] : [])]);
  return {
    url: target.url,
    headers: async () => ({ ...fixed, ...(withToken && { [TOKEN_HEADER]: await getToken() }) }),
    compression,
    timeoutMillis: timeoutMs,
    httpAgentOptions: createExportAgentFactory({
      watch,
      headerNames,
      attemptTimeoutMs: timeoutMs,
    }),
  };
}

function promisify<T>(
  exporter: CallbackExporter<T>,
  watch: ExportWatch,
): (items: T) => Promise<void> {
  const fail = (cause: unknown) =>
    cause instanceof ExportFailed
      ? cause
      : new ExportFailed('The backend did not take the export.', { cause });
  return (items) =>
    new Promise((resolve, reject) => {
      try {
        exporter.export(items, ({ code, error }) => {
          // ExportResultCode.SUCCESS
          if (code === 0) resolve();
          else reject(fail(error));
        });
      } catch (error) {
        // The exporters serialize before anything else, and send later.
        watch.unserialized = true;
        reject(new ExportFailed('The items could not be serialized.', { cause: error }));
      }
    });
}
