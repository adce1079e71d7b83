/** A line of the input that is not empty, with its number from 1. */
export interface Line {
  number: number;
  text: string;
}

/** SQS takes 1 MiB a message; what is longer than this is no line of messages. */
const MAX_LINE_LENGTH = 2 * 1_048_576;

/**
 * The lines of a stream, as they come: what is held is one piece and one line.
 *
 * @throws Error for a line that is too long for any message.
 */
export async function* readLines(input: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let number = 0;
  let rest = '';
  const take = (text: string): Line | undefined => {
    number += 1;
    // A byte order mark, as Windows writes it, is none of JSON's.
    const line = text.replace(/\r$/, '').replace(number === 1 ? /^\uFEFF/ : /(?!)/, '');
    return line.trim() === '' ? undefined : { number, text: line };
  };
  for await (const piece of input) {
    rest += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_LENGTH) {
      throw new Error(
        `Line ${number + lines.length + 1} is over 2 MiB, and SQS takes 1 MiB a message. Give one JSON payload a line.`,
      );
    }
    for (const text of lines) {
      const line = take(text);
      if (line !== undefined) yield line;
    }
  }
  const last = take(rest + decoder.decode());
  if (last !== undefined) yield last;
}
