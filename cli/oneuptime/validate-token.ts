import type { MonitoredStage } from '../project/monitored-stage.ts';
import { tokenCredential } from './api/credential.ts';
import type { Patience } from './api/patience.ts';
import { redact } from './api/redact.ts';
import type { RequestFailed } from './api/request-failed.ts';
import { sendPatiently } from './api/send-patiently.ts';
import { describeValidationSignals } from './validation-signals.ts';

/** What OneUptime answered to one request. */
export interface Validation {
  what: 'token' | 'traces' | 'metrics' | 'logs';
  ok: boolean;
  /** Absent when it did not answer. */
  status?: number;
  answer: string;
}

/**
 * Checks the token, which writes nothing, and then sends one span, one metric and one log. Nothing
 * is sent with a token that is not good. Never rejects.
 */
export async function validateToken(
  otlp: string,
  token: string,
  stage: MonitoredStage,
  patience: Patience,
): Promise<Validation[]> {
  const credential = tokenCredential(token);
  const ask = async (what: Validation['what'], path: string, body?: object) => {
    const request = { url: `${otlp}/v1/${path}`, credential, ...(body && { body }) };
    try {
      // A signal that is sent again counts twice: only the check is repeatable.
      const method = body === undefined ? 'GET' : 'POST';
      const sent = { ...request, method, repeatable: body === undefined } as const;
      const { status, text } = await sendPatiently(sent, patience);
      return { what, status, answer: redact(text, token) };
    } catch (error) {
      const { status, message } = error as RequestFailed;
      return { what, answer: message, ...(status !== undefined && { status }) };
    }
  };
  const checked = await ask('token', 'validate');
  const valid = checked.status === 200 && isValid(checked.answer);
  if (!valid) return [{ ...checked, ok: false }];
  const { traces, metrics, logs } = describeValidationSignals(stage, Date.now());
  const sent = await Promise.all([
    ask('traces', 'traces', traces),
    ask('metrics', 'metrics', metrics),
    ask('logs', 'logs', logs),
  ]);
  return [
    { ...checked, ok: true },
    ...sent.map((each) => ({ ...each, ok: each.status === 200 && !isRejected(each.answer) })),
  ];
}

function isValid(answer: string): boolean {
  return (parse(answer) as { valid?: unknown } | undefined)?.valid === true;
}

/** A partial success, which another backend or a proxy may answer. */
function isRejected(answer: string): boolean {
  const { partialSuccess } = (parse(answer) ?? {}) as { partialSuccess?: object };
  return partialSuccess !== undefined && Object.keys(partialSuccess).length > 0;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
