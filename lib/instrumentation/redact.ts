/**
 * What AWS says of a wrong signature quotes the request that it was made of, and with it the
 * session token, which is a credential. An error of any client may say so, also a task's own.
 */
export function redact(text: string): string {
  return text.includes(TOKEN_HEADER) ? text.replace(TOKEN, '$1***') : text;
}

const TOKEN_HEADER = 'x-amz-security-token';
const TOKEN = /(x-amz-security-token["']?\s*[:=]\s*["']?)[^\s"'&,;]+/g;
