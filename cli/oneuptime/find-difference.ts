/**
 * What decides whether a monitor fires: the attributes that narrow a query, and the filters. One
 * attribute more matches nothing, and a `thresholdUnit` makes another number of the threshold.
 */
const EXACT = /(^|\.)(attributes|metricMonitorOptions|filters\.\d+)$/;

/**
 * Where what is there is not as wanted, in words; nothing where it is. What OneUptime adds by
 * itself is no difference, but for what decides whether a monitor fires; neither is an id that it
 * wraps.
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
    const added = EXACT.test(path) ? Object.keys(there).filter((key) => !(key in wanted)) : [];
    return first([
      ...Object.entries(wanted).map(([key, value]) =>
        findDifference(value, there[key], path === '' ? key : `${path}.${key}`),
      ),
      ...added.map((key) => describeAdded(`${path}.${key}`, there[key])),
    ]);
  }
  const plain = unwrap(found);
  return plain === wanted ? undefined : `${path} is ${show(plain)}, wanted is ${show(wanted)}`;
}

function first(differences: readonly (string | undefined)[]): string | undefined {
  return differences.find((difference) => difference !== undefined);
}

/** Null is how a field is read that nobody has set. */
function describeAdded(path: string, value: unknown): string | undefined {
  return value === null ? undefined : `${path} is ${show(value)}, wanted is none`;
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
