const SHOWN = 300;

/**
 * A text of the other side that can be printed: without the secret, which a server may echo,
 * without control characters, which would steer the terminal, and not too long.
 */
export function redact(text: string, secret: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go.
  const plain = text.replaceAll(secret, '***').replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
  return plain.length > SHOWN ? `${plain.slice(0, SHOWN)}…` : plain;
}
