import { hideCredentials } from '../hide-credentials.ts';
import { UsageError } from '../usage-error.ts';

/** What a running `npm start` says of itself: `GET /.leadline`. */
export interface LocalStack {
  /** @default its queues have no such beginning */
  stage?: string;
  region: string;
  awsEndpoint: string;
  /** Of task state. @default there is none */
  table?: string;
}

export const LOCAL_URL = 'http://127.0.0.1:3000';
const PATH = '/.leadline';
const BOUND_MS = 3_000;

/** @throws UsageError for what is no URL; Error where no local stack answers. */
export async function findLocalStack(url: string): Promise<LocalStack> {
  const given = URL.canParse(url) ? new URL(url) : undefined;
  if (given?.protocol !== 'http:' || given.username || given.password) {
    throw new UsageError(
      `--local is ${JSON.stringify(hideCredentials(url))}; give it last, or with the address that npm start prints, as --local=${LOCAL_URL}.`,
    );
  }
  const { origin } = given;
  let response: Response;
  try {
    const signal = AbortSignal.timeout(BOUND_MS);
    response = await fetch(`${origin}${PATH}`, { signal, redirect: 'error' });
  } catch (error) {
    throw new Error(
      `Nothing answers at ${origin}: is "npm start" running? Where it has another PORT, give --local=URL.`,
      { cause: error },
    );
  }
  const told = await response.json().catch(() => undefined);
  if (isLocalStack(told)) return told;
  throw new Error(
    `What answers at ${origin} (${response.status}) is no "npm start" of this version, or it is not ready yet.`,
  );
}

function isLocalStack(told: unknown): told is LocalStack {
  if (typeof told !== 'object' || told === null) return false;
  const { stage, region, awsEndpoint, table } = told as Record<string, unknown>;
  const isText = (value: unknown) => typeof value === 'string';
  return (
    isText(region) &&
    isText(awsEndpoint) &&
    URL.canParse(awsEndpoint as string) &&
    [stage, table].every((value) => value === undefined || isText(value))
  );
}
