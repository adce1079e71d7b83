import type { ConsoleProblem, PayloadProblem } from '../../console-api.ts';

const BASE = '/console/api/';
/** Longer than the server waits for AWS. */
const PATIENCE_MS = 30_000;

/** An answer that is not what was asked for; `message` is for people. */
export class ServerProblem extends Error {
  override readonly name = 'ServerProblem';
  /** Of HTTP; 0 when there was no answer. */
  readonly status: number;
  readonly code: string;
  readonly issues: readonly PayloadProblem[];

  constructor(status: number, { error }: ConsoleProblem) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.issues = error.issues ?? [];
  }
}

/** @throws ServerProblem, or the signal's reason. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return request<T>(path, signal === undefined ? {} : { signal });
}

/** @throws ServerProblem */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  return request<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

async function request<T>(path: string, init: RequestInit): Promise<T> {
  const deadline = AbortSignal.timeout(PATIENCE_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, deadline]) : deadline;
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(BASE + path, { ...init, signal, credentials: 'omit' });
    body = await response.json();
  } catch (error) {
    init.signal?.throwIfAborted();
    throw unreachable(error);
  }
  if (!response.ok) throw new ServerProblem(response.status, readProblem(body, response.status));
  return body as T;
}

function unreachable(error: unknown): ServerProblem {
  const isSlow = error instanceof DOMException && error.name === 'TimeoutError';
  const message = isSlow
    ? `The console's server did not answer within ${PATIENCE_MS / 1000} s. Try again.`
    : "The console's server cannot be reached. Is npm start, or leadline console, still running?";
  return new ServerProblem(0, { error: { code: isSlow ? 'timeout' : 'unreachable', message } });
}

function readProblem(body: unknown, status: number): ConsoleProblem {
  const { error } = (body ?? {}) as Partial<ConsoleProblem>;
  if (typeof error?.message === 'string') return { error };
  return { error: { code: 'unknown', message: `The console's server answered ${status}.` } };
}
