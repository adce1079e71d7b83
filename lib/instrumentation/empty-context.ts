import type { Context } from '@opentelemetry/api';

/** Keys and values in turn: a context has one to four of them. */
type Entries = readonly unknown[];

/**
 * OpenTelemetry's own contexts make three closures each and assign them to properties, which V8
 * takes for methods that live long: it puts them into its old generation, and keeps all that they
 * refer to, the spans too, until the next full collection. A message makes three contexts, and
 * each span of its task one more (docs/decisions/0016-contexts-that-die-young.md).
 */
class FlatContext implements Context {
  private readonly entries: Entries;

  constructor(entries: Entries) {
    this.entries = entries;
  }

  getValue(key: symbol): unknown {
    const entries = this.entries;
    for (let index = 0; index < entries.length; index += 2) {
      if (entries[index] === key) return entries[index + 1];
    }
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return new FlatContext([...this.without(key), key, value]);
  }

  deleteValue(key: symbol): Context {
    return new FlatContext(this.without(key));
  }

  private without(key: symbol): Entries {
    const entries = this.entries;
    for (let index = 0; index < entries.length; index += 2) {
      if (entries[index] === key) return entries.toSpliced(index, 2);
    }
    return entries;
  }
}

/** What contexts that Leadline makes begin with, in the place of `ROOT_CONTEXT`. */
export const EMPTY_CONTEXT: Context = new FlatContext([]);
