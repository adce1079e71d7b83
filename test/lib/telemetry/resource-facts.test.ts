import { describe, expect, it } from 'vitest';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';

const token = 'secret-token-1';

describe('OTEL_RESOURCE_ATTRIBUTES', () => {
  const parse = (value: string) =>
    readTelemetryConfig({ ONEUPTIME_TOKEN: token, OTEL_RESOURCE_ATTRIBUTES: value });

  it.each([
    ['a=1,b.c=two', { a: '1', 'b.c': 'two' }],
    [' a = 1 , b = 2 ', { a: '1', b: '2' }],
    ['team=a%2Cb%3D1', { team: 'a,b=1' }],
    ['q="quoted"', { q: 'quoted' }],
    ['url=a=b', { url: 'a=b' }],
    ['empty=', { empty: '' }],
    ['', {}],
    ['a=1,,', { a: '1' }],
  ])('reads %s', (value, attributes) => {
    expect(parse(value)).toMatchObject({ resource: { attributes }, warnings: [] });
  });

  it.each(['novalue', '=x', 'a=%E0%A4%A'])(
    'leaves out %s with a warning and keeps the rest',
    (bad) => {
      const { resource, warnings } = parse(`good=1,${bad}`);
      expect(resource.attributes).toEqual({ good: '1' });
      expect(warnings).toEqual([
        `OTEL_RESOURCE_ATTRIBUTES: ${JSON.stringify(bad)} is not key=value and is left out.`,
      ]);
    },
  );
});
