import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyResponse } from '../../../local/http-api/proxy-response.ts';

const read = (answer: unknown) => readProxyResponse(JSON.stringify(answer));

describe('readProxyResponse', () => {
  test('takes an answer with a statusCode apart', () => {
    const response = read({
      statusCode: 202,
      headers: { 'Content-Type': 'application/json', 'x-count': 3, 'x-null': null },
      cookies: ['a=1', 'b=2; Secure'],
      body: '{"id":"ä"}',
    });
    expect(response).toEqual({
      statusCode: 202,
      headers: [
        ['content-type', 'application/json'],
        ['x-count', '3'],
      ],
      cookies: ['a=1', 'b=2; Secure'],
      body: Buffer.from('{"id":"ä"}'),
    });
  });

  test.each([['"Hello"'], ['{"message":"Hello"}'], ['[1,2]'], ['null'], ['{"half":']])(
    'without a statusCode the whole answer is the body: %s',
    (payload) => {
      expect(readProxyResponse(payload)).toEqual({
        statusCode: 200,
        headers: [['content-type', 'application/json']],
        cookies: [],
        body: Buffer.from(payload),
      });
    },
  );

  test('decodes a base64 body and defaults the content type to plain text', () => {
    const response = read({ statusCode: '200', body: 'AP8=', isBase64Encoded: true });
    expect(response?.body).toEqual(Buffer.from([0, 255]));
    expect(response?.headers).toEqual([['content-type', 'text/plain; charset=utf-8']]);
  });

  test('drops headers that would break the framing', () => {
    const headers = { 'Content-Length': '999', 'transfer-encoding': 'chunked', etag: 'x' };
    expect(read({ statusCode: 200, headers })?.headers[0]).toEqual(['etag', 'x']);
  });

  test.each([
    { statusCode: 'ok' },
    { statusCode: 99 },
    { statusCode: 200.5 },
    { statusCode: 700 },
    { statusCode: null },
    { statusCode: 200, body: { a: 1 } },
    { statusCode: 200, body: 'not base64', isBase64Encoded: true },
    { statusCode: 200, isBase64Encoded: 'yes' },
    { statusCode: 200, headers: { 'x-a': ['1', '2'] } },
    { statusCode: 200, headers: { 'bad name': '1' } },
    { statusCode: 200, headers: { 'x-a': 'line\r\nbreak' } },
    { statusCode: 200, headers: 'x' },
    { statusCode: 200, cookies: 'a=1' },
    { statusCode: 200, cookies: [1] },
  ])('is nothing the gateway can send: %j', (answer) => {
    expect(read(answer)).toBeUndefined();
  });

  test('never throws', () => {
    const json = fc.json().map((text) => text);
    const shaped = fc
      .record({
        statusCode: fc.jsonValue(),
        headers: fc.jsonValue(),
        body: fc.jsonValue(),
        cookies: fc.jsonValue(),
        isBase64Encoded: fc.jsonValue(),
      })
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(fc.string(), json, shaped), (payload) => {
        const response = readProxyResponse(payload);
        if (response !== undefined) expect(response.statusCode).toBeGreaterThanOrEqual(200);
      }),
    );
  });
});
