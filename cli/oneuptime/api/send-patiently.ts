import type { Credential } from './credential.ts';
import type { Patience } from './patience.ts';
import { redact } from './redact.ts';
import { RequestFailed } from './request-failed.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  credential: Credential;
  body?: unknown;
  /** Whether it may be done twice. A creation may not: without an answer it is not sent again. */
  repeatable: boolean;
}

export interface ApiAnswer {
  status: number;
  headers: Headers;
  text: string;
}

/**
 * Sends a request, and again where that is safe: after 429, which was not done, and if it is
 * repeatable after 5xx and without an answer.
 *
 * @throws RequestFailed with what OneUptime said, never with the secret.
 */
export async function sendPatiently(request: ApiRequest, patience: Patience): Promise<ApiAnswer> {
  let pausesLeft = patience.pausesMs;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await sendOnce(request, patience.timeoutMs);
    if (!(outcome instanceof RequestFailed) && outcome.status < 400) return outcome;
    const failure = outcome instanceof RequestFailed ? outcome : refused(request, outcome);
    const again = failure.status === 429 || (request.repeatable && failure.isUncertain);
    if (!again || attempt >= patience.attempts) throw failure;
    const asked = outcome instanceof RequestFailed ? undefined : retryAfterMs(outcome.headers);
    const pause = asked ?? 500 * 2 ** (attempt - 1);
    if (pause > pausesLeft) {
      const seconds = Math.ceil(pause / 1000);
      throw new RequestFailed(
        `${failure.message} It asks to wait ${seconds} s: run the command again after that.`,
        failure.status,
      );
    }
    pausesLeft -= pause;
    await patience.wait(pause);
  }
}

async function sendOnce(
  { method, url, credential, body }: ApiRequest,
  timeoutMs: number,
): Promise<ApiAnswer | RequestFailed> {
  try {
    const response = await fetch(url, {
      method,
      // A redirect would take the secret elsewhere, and make a GET of a POST.
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        [credential.header]: credential.secret,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const { status, headers } = response;
    const text = await response.text();
    if (status >= 300 && status < 400) {
      const to = redact(headers.get('location') ?? 'elsewhere', credential.secret);
      const { origin } = new URL(url);
      const message = `${origin} redirects to ${to}: set oneuptime.endpoint to where it is.`;
      return new RequestFailed(message, status);
    }
    return { status, headers, text };
  } catch (error) {
    const { name, cause, message } = error as Error & {
      cause?: { code?: string; message?: string };
    };
    const reason =
      name === 'TimeoutError'
        ? `no answer within ${timeoutMs} ms`
        : (cause?.code ?? cause?.message ?? message);
    const text = redact(`${new URL(url).origin} cannot be reached: ${reason}.`, credential.secret);
    return new RequestFailed(text, undefined);
  }
}

/** `Retry-After`: seconds, or a date. */
function retryAfterMs(headers: Headers): number | undefined {
  const value = headers.get('retry-after');
  if (value === null) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function refused(
  { method, url, credential }: ApiRequest,
  { status, headers, text: body }: ApiAnswer,
): RequestFailed {
  const said = redact(messageOf(body), credential.secret).trim();
  const { pathname } = new URL(url);
  const hint = credential.hints[status];
  const what = `OneUptime answered ${status} to ${method} ${pathname}`;
  const sentence = `${what}${said === '' ? '' : `: ${said}`}`;
  const stop = /[.!?…]$/.test(sentence) ? '' : '.';
  const text = `${sentence}${stop}${hint === undefined ? '' : ` ${hint}`}`;
  return new RequestFailed(text, status, { date: headers.get('date') ?? undefined });
}

function messageOf(text: string): string {
  try {
    const { message, error } = JSON.parse(text) as { message?: unknown; error?: unknown };
    return String(message ?? error ?? text);
  } catch {
    return text;
  }
}
