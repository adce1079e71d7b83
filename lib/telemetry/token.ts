import { ExportFailed } from '../errors/export-failed.ts';
import type { TokenSource } from './config.ts';

/** OneUptime's token, wherever it is kept. It is never logged and in no error. */
export interface Token {
  /** Begins to read it, so that a later `get` waits less. */
  prefetch(): void;
  /** @throws ExportFailed when it cannot be read within 2 s, and at once while a failed read's pause lasts. */
  get(): Promise<string>;
  /**
   * Forgets the token that a 401 refused, once a minute at most, unless it stands in the environment.
   * @returns whether another one may come: what was refused is worth keeping.
   */
  refresh(refused: string): boolean;
}

/** Reads a token's value from AWS. */
export type ReadToken = (
  source: Exclude<TokenSource, { kind: 'value' }>,
  signal: AbortSignal,
) => Promise<string | undefined>;

const READ_TIMEOUT_MS = 2_000;
/** After a refusal the token is read again, and not more often than this. */
const REFRESH_INTERVAL_MS = 60_000;
/** Reads that fail begin so far apart, twice as far each time: every INVOKE asks for the token. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

export function createToken(source: TokenSource, read: ReadToken = readFromAws): Token {
  if (source.kind === 'value') {
    // A newline at its end, as files and shells leave it, would make the header invalid.
    const token = source.token.trim();
    return { prefetch: () => {}, get: async () => token, refresh: () => false };
  }
  let reading: Promise<string> | undefined;
  let current: string | undefined;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let pauseMs = FIRST_PAUSE_MS;
  /** Until when a failed read is kept: it fails whoever asks meanwhile. */
  let failedUntil: number | undefined;
  const get = () => {
    if (failedUntil !== undefined && Date.now() >= failedUntil) reading = undefined;
    if (reading !== undefined) return reading;
    failedUntil = undefined;
    const startedAt = Date.now();
    const started = readOnce(source, read);
    reading = started;
    started.then(
      (token) => {
        pauseMs = FIRST_PAUSE_MS;
        if (reading === started) current = token;
      },
      () => {
        if (reading !== started) return;
        failedUntil = startedAt + pauseMs;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      },
    );
    return started;
  };
  return {
    prefetch: () => void get().catch(() => {}),
    get,
    refresh(refused) {
      // Another signal's 401 came first, or the last reading is young: the next one may help.
      const young = Date.now() - refreshedAt < REFRESH_INTERVAL_MS;
      if (refused !== current || young) return true;
      refreshedAt = Date.now();
      reading = undefined;
      current = undefined;
      return true;
    },
  };
}

async function readOnce(
  source: Exclude<TokenSource, { kind: 'value' }>,
  read: ReadToken,
): Promise<string> {
  const where =
    source.kind === 'parameter' ? 'ONEUPTIME_TOKEN_PARAMETER' : 'ONEUPTIME_TOKEN_SECRET_ARN';
  let token: string | undefined;
  try {
    // Values put from a file end with a newline, which no header takes.
    token = (await read(source, AbortSignal.timeout(READ_TIMEOUT_MS)))?.trim();
  } catch (error) {
    throw new ExportFailed(`The token of ${where} could not be read.`, { cause: error });
  }
  if (!token) throw new ExportFailed(`The token of ${where} is empty.`);
  return token;
}

/** Loads the client that it needs and no other. */
async function readFromAws(
  ...[source, signal]: Parameters<ReadToken>
): Promise<string | undefined> {
  if (source.kind === 'parameter') {
    const { readParameter } = await import('./read-parameter.ts');
    return readParameter(source.name, signal);
  }
  const { readSecret } = await import('./read-secret.ts');
  return readSecret(source.arn, signal);
}
