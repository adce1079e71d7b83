import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRouteTable } from '../../../local/http-api/route-table.ts';

const table = createRouteTable(
  [
    'GET /{proxy+}',
    'ANY /{proxy+}',
    'ANY $default',
    'GET /pets/{proxy+}',
    'GET /pets/dog/{id}',
    'ANY /pets/dog/1',
    'GET /pets/dog/1',
    'POST /tasks/{task}',
    'GET /{kind}/fish/{id}',
  ].map((key) => {
    const [method = '', path = ''] = key.split(' ');
    return { method, path, functionName: key };
  }),
);

describe('createRouteTable', () => {
  // The first four are the table of AWS's page on routes.
  test.each([
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['POST', '/test/5', 'ANY /{proxy+}'],
    ['GET', '/test/5', 'GET /{proxy+}'],
    ['DELETE', '/pets/dog/1', 'ANY /pets/dog/1'],
    ['GET', '/pets/fish/1', 'GET /{kind}/fish/{id}'],
    ['GET', '/', '$default'],
    ['POST', '/tasks/a', 'POST /tasks/{task}'],
    ['POST', '/tasks/a/', 'ANY /{proxy+}'],
    ['POST', '/tasks/', 'ANY /{proxy+}'],
  ])('%s %s goes to %s', (method, path, routeKey) => {
    expect(table.match(method, path)?.routeKey).toBe(routeKey);
  });

  test('decodes path parameters, also those of a greedy variable', () => {
    expect(table.match('POST', '/tasks/a%20b%2Fc')?.pathParameters).toEqual({ task: 'a b/c' });
    expect(table.match('GET', '/pets/x/y%20z')?.pathParameters).toEqual({ proxy: 'x/y z' });
    expect(table.match('POST', '/tasks/%zz')?.pathParameters).toEqual({ task: '%zz' });
  });

  test('knows no route for HEAD or OPTIONS that none declares', () => {
    const small = createRouteTable([{ method: 'GET', path: '/health', functionName: 'health' }]);
    expect(small.match('HEAD', '/health')).toBeUndefined();
    expect(small.match('OPTIONS', '/health')).toBeUndefined();
    expect(small.match('GET', '/health')).toBeDefined();
  });

  test('refuses routes that the service refuses', () => {
    const route = (method: string, path: string) => ({ method, path, functionName: 'f' });
    expect(() => createRouteTable([route('GET', '/a'), route('get', '/a')])).toThrow(
      "Two routes have the key 'GET /a'",
    );
    expect(() => createRouteTable([route('GET', '/{all+}/a')])).toThrow('must come last');
    expect(() => createRouteTable([route('GET', 'a')])).toThrow("must begin with '/'");
  });

  test('any path gets an answer', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (method, path) => {
        const match = table.match(method, `/${path}`);
        expect(match?.routeKey).toEqual(expect.any(String));
      }),
    );
  });
});
