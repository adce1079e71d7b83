/**
 * Where what is there falls short of what is wanted, in words; nothing where it does not. What
 * OneUptime adds by itself is no difference, and neither is an id that it wraps.
 */
export function findDifference(wanted: unknown, found: unknown, path = ''): string | undefined {
  if (Array.isArray(wanted)) {
    if (!Array.isArray(found) || found.length !== wanted.length) {
      const there = Array.isArray(found) ? `${found.length} entries` : show(found);
      return `${path} is ${there}, wanted are ${wanted.length} entries`;
    }
    return first(
      wanted.map((each, index) => findDifference(each, found[index], `${path}.${index}`)),
    );
  }
  if (typeof wanted === 'object' && wanted !== null) {
    if (typeof found !== 'object' || found === null) return `${path} is ${show(found)}`;
    const there = found as Record<string, unknown>;
    return first(
      Object.entries(wanted).map(([key, value]) =>
        findDifference(value, there[key], path === '' ? key : `${path}.${key}`),
      ),
    );
  }
  const plain = unwrap(found);
  return plain === wanted ? undefined : `${path} is ${show(plain)}, wanted is ${show(wanted)}`;
}

function first(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

function unwrap(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const { _type, value: inner } = value as { _type?: unknown; value?: unknown };
  return _type === 'ObjectID' ? inner : value;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
