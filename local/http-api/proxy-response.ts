import { validateHeaderName, validateHeaderValue } from 'node:http';

export interface ProxyResponse {
  statusCode: number;
  headers: [name: string, value: string][];
  cookies: string[];
  body: Buffer;
}

/**
 * What a function's answer means, payload format 2.0; undefined when the gateway would answer 500.
 *
 * An answer without `statusCode` is the body itself, sent with 200 and application/json, even
 * where it is not JSON at all. Observed on the real service by AWS's own emulator:
 * https://github.com/aws/aws-lambda-dotnet, InvokeResponseExtensions.cs of LambdaTestTool-v2.
 */
export function readProxyResponse(payload: string): ProxyResponse | undefined {
  const answer = parseJson(payload);
  if (!isRecord(answer) || !Object.hasOwn(answer, 'statusCode')) {
    return {
      statusCode: 200,
      headers: [['content-type', 'application/json']],
      cookies: [],
      body: Buffer.from(payload),
    };
  }

  const statusCode = readStatusCode(answer['statusCode']);
  const headers = readHeaders(answer['headers'] ?? {});
  const cookies = readCookies(answer['cookies'] ?? []);
  const body = readBody(answer['body'] ?? '', answer['isBase64Encoded'] ?? false);
  if (!statusCode || !headers || !cookies || !body) return undefined;

  // The default of format 2.0 for an answer with a status: ApiGatewayResponseExtensions.cs there.
  if (!headers.some(([name]) => name === 'content-type')) {
    headers.push(['content-type', 'text/plain; charset=utf-8']);
  }
  return { statusCode, headers, cookies, body };
}

function readStatusCode(value: unknown): number | undefined {
  if (typeof value !== 'number' && !(typeof value === 'string' && /^\d{3}$/.test(value))) {
    return undefined;
  }
  const code = Number(value);
  return Number.isInteger(code) && code >= 200 && code <= 599 ? code : undefined;
}

/** The gateway frames the message itself; these from a function would break the framing. */
const framingHeaders = new Set(['connection', 'content-length', 'keep-alive', 'transfer-encoding']);

function readHeaders(value: unknown): [string, string][] | undefined {
  if (!isRecord(value)) return undefined;
  const headers: [string, string][] = [];
  for (const [name, content] of Object.entries(value)) {
    if (content === null) continue;
    if (!['string', 'number', 'boolean'].includes(typeof content)) return undefined;
    const text = String(content);
    if (!isHeader(name, text)) return undefined;
    if (!framingHeaders.has(name.toLowerCase())) headers.push([name.toLowerCase(), text]);
  }
  return headers;
}

function readCookies(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const areCookies = value.every(
    (cookie) => typeof cookie === 'string' && isHeader('set-cookie', cookie),
  );
  return areCookies ? value : undefined;
}

function readBody(body: unknown, isBase64Encoded: unknown): Buffer | undefined {
  if (typeof body !== 'string' || typeof isBase64Encoded !== 'boolean') return undefined;
  if (!isBase64Encoded) return Buffer.from(body);
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(body) && body.length % 4 === 0;
  return isBase64 ? Buffer.from(body, 'base64') : undefined;
}

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
