/** Things that a task may throw or log, each of which breaks some naive reader. */
export function hostileValues(): [string, unknown][] {
  const circular: Record<string, unknown> = { name: 'loop' };
  circular['self'] = circular;
  const fail = () => {
    throw new Error('hostile');
  };
  const circularError = new Error('circular');
  circularError.cause = circularError;
  const throwsAlways = new Proxy(
    {},
    { get: fail, ownKeys: fail, getPrototypeOf: fail, has: fail, getOwnPropertyDescriptor: fail },
  );
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const throwsEverywhere = Object.defineProperties(
    {},
    Object.fromEntries(
      Array.from({ length: 100 }, (_, key) => [
        `${key}`,
        {
          enumerable: true,
          get: () => {
            throw new Error('x'.repeat(1_000));
          },
        },
      ]),
    ),
  );
  const grid = (cell: unknown) =>
    Array.from({ length: 100 }, () => Array.from({ length: 100 }, () => Array(100).fill(cell)));
  return [
    ['a grid of a million numbers', grid(0.123456789)],
    ['a grid of a million flags', grid(false)],
    ['a grid of a million short texts', grid('ab')],
    ['a hundred grids', Array(100).fill(grid(1))],
    ['a set of grids', new Set([grid(null), grid(1)])],
    ['undefined', undefined],
    ['null', null],
    ['NaN', Number.NaN],
    ['an infinity', -Infinity],
    ['a BigInt', 2n ** 70n],
    ['a symbol', Symbol('s')],
    ['a symbol without description', Symbol()],
    ['a function', function named() {}],
    [
      'a function whose name is no string',
      Object.defineProperty(() => {}, 'name', { value: Symbol('x') }),
    ],
    ['an object without prototype', Object.create(null)],
    ['a circular object', circular],
    ['a circular array', Array.from({ length: 2 }, () => circular)],
    ['a throwing getter', Object.defineProperty({}, 'a', { enumerable: true, get: fail })],
    ['a grid of throwing getters', Array(100).fill(Array(100).fill(throwsEverywhere))],
    ['a throwing toJSON', { toJSON: fail }],
    ['a throwing toString', { toString: fail, valueOf: fail }],
    [
      'a toJSON without end',
      {
        toJSON() {
          return { ...this };
        },
      },
    ],
    ['a toJSON that is a BigInt', { toJSON: () => 1n }],
    ['a toJSON that is null', { toJSON: () => null }],
    ['a toJSON that is undefined', { toJSON: () => undefined }],
    ['a throwing proxy', throwsAlways],
    ['a revoked proxy', revoked],
    ['a proxied error', new Proxy(new Error('proxied'), { get: fail })],
    [
      'an error with a throwing message',
      Object.defineProperty(new Error('x'), 'message', { get: fail }),
    ],
    ['an error with a message that is no string', Object.assign(new Error('x'), { message: 1n })],
    ['an error with a name that is no string', Object.assign(new Error('x'), { name: circular })],
    ['an error that is its own cause', circularError],
    ['an error with a throwing cause', new Error('x', { cause: throwsAlways })],
    ['an aggregate error', new AggregateError([new Error('one'), 2n], 'many')],
    ['an invalid date', new Date(Number.NaN)],
    [
      'a map with any keys',
      new Map<unknown, unknown>([
        [Symbol('k'), 1],
        [circular, 2],
        [fail, 3n],
      ]),
    ],
    ['a set', new Set([1n, circular])],
    ['a sparse array', new Array(4_000_000_000)],
    ['a large buffer', Buffer.alloc(1_000_000)],
    ['an array buffer', new ArrayBuffer(8)],
    ['a weak map', new WeakMap()],
    ['a promise', Promise.resolve(1n)],
    ['a key __proto__', JSON.parse('{"__proto__":{"polluted":true}}')],
    ['lone surrogates', { '\ud800': '\udfff' }],
  ];
}
