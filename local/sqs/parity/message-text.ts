// #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (SendMessage in the
// SQS API Reference). fauxqs matches UTF-16 units and so refuses what is above #xFFFF, emoji too.
const refused = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u;

/** Whether SQS takes the text as a body or as an attribute's value. Lone surrogates are refused. */
export function isMessageText(text: string): boolean {
  return !refused.test(text);
}
