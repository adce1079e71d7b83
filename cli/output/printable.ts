/**
 * A text in one line and without control characters: an error's message, or a payload, is written
 * by somebody else, and a terminal obeys what is in it.
 */
export function printable(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, '�')
    .trim();
}
