/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One of a few words, in any letter case. Another one is a warning, and the fallback. */
export function readChoice<T extends string, Fallback extends T | undefined>(
  env: Environment,
  name: string,
  choices: readonly T[],
  fallback: Fallback,
  warnings: string[],
): T | Fallback {
  const value = env[name]?.trim().toLowerCase();
  if (!value) return fallback;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    const says = fallback === undefined ? 'The default' : JSON.stringify(fallback);
    warnings.push(
      `${name} is ${JSON.stringify(env[name])}; use ${choices.join(' or ')}. ${says} is used.`,
    );
  }
  return choice ?? fallback;
}

/** A number that `fits`. Another value is a warning, and the fallback. */
export function readNumber<Fallback extends number | undefined>(
  env: Environment,
  name: string,
  { fits, wanted }: { fits: (value: number) => boolean; wanted: string },
  fallback: Fallback,
  warnings: string[],
): number | Fallback {
  const text = env[name]?.trim();
  if (!text) return fallback;
  const value = Number(text);
  if (fits(value)) return value;
  warnings.push(`${name} is ${JSON.stringify(text)}; use ${wanted}. It is ignored.`);
  return fallback;
}

/**
 * `key=value,key=value`, percent-encoded, as the specification has it for resource attributes and
 * headers.
 *
 * @param onBad is told what is no such pair; it is left out.
 */
export function parseKeyValues(
  text: string | undefined,
  onBad: (pair: string) => void,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of text?.split(',') ?? []) {
    if (pair.trim() === '') continue;
    const at = pair.indexOf('=');
    const key = pair.slice(0, at).trim();
    try {
      if (at < 0 || key === '') throw new Error('no key');
      const value = pair.slice(at + 1).trim();
      result[decodeURIComponent(key)] = decodeURIComponent(value.replace(/^"(.*)"$/, '$1'));
    } catch {
      onBad(pair);
    }
  }
  return result;
}
