/**
 * The beginning of a text that a sender chose. A copy: what V8 cuts off is a window on the whole,
 * and would keep a megabyte for the sake of its first line.
 */
export function cutText(text: string, limit: number, ending = ''): string {
  return text.length > limit ? `${copyText(text, limit)}${ending}` : text;
}

/** As above, also of what fits: where the text may itself be a part of a longer one. */
export function copyText(text: string, limit: number): string {
  return Buffer.from(text.slice(0, limit)).toString();
}

/** About what it takes in memory: one byte a character, or two where one is not of Latin-1. */
export function textSize(text: string): number {
  return 48 + text.length * (NOT_LATIN.test(text) ? 2 : 1);
}

const NOT_LATIN = /[^\0-\xff]/;
