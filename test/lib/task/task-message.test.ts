import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, InvalidMessage } from '../../../lib/index.ts';
import { createTaskId } from '../../../lib/task/task-message.ts';

/** What SQS takes in a body: https://www.w3.org/TR/REC-xml/#charsets */
function isXmlText(text: string): boolean {
  return [...text].every((character) => {
    const code = character.codePointAt(0) ?? 0;
    return (
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      code >= 0x10000
    );
  });
}

/** Any UTF-16 code units, lone surrogates and non-characters included. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })))
    .map((units) => String.fromCharCode(...units)),
  fc.constantFrom('\u0000', '\uFFFE', '\uFFFF', '\uD800', '\uDC00x', 'a\u001Fb', '\u2028'),
);

const minimal = { id: 'i', task: 't', payload: null };

describe('encode and decode', () => {
  it('round-trips any JSON payload', () => {
    fc.assert(
      fc.property(fc.jsonValue(), anyText, (value, key) => {
        const payload: unknown = JSON.parse(JSON.stringify({ value, [key]: key }));
        expect(decodeMessage(encodeMessage({ ...minimal, payload }), 'other')).toEqual({
          v: 1,
          ...minimal,
          payload,
        });
      }),
    );
  });

  it('round-trips the times, to the millisecond, and the trace', () => {
    fc.assert(
      fc.property(
        fc.date({ noInvalidDate: true }),
        fc.date({ noInvalidDate: true }),
        fc.dictionary(fc.constantFrom('traceparent', 'tracestate', 'baggage'), anyText),
        (enqueuedAt, notBefore, trace) => {
          const message = { ...minimal, enqueuedAt, notBefore, trace: { ...trace } };
          expect(decodeMessage(encodeMessage(message), 'other')).toEqual({ v: 1, ...message });
        },
      ),
    );
  });

  it.each([
    ['a_task-0', 'a_task-0'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['x'.repeat(101), undefined],
    ['', undefined],
    [7, undefined],
    [null, undefined],
    [{ name: 'a' }, undefined],
  ])('reads %j as the schedule %j', (schedule, expected) => {
    const body = JSON.stringify({ ...minimal, schedule });
    expect(decodeMessage(body, 'other').schedule).toBe(expected);
  });

  it('round-trips the name of the schedule', () => {
    const message = { ...minimal, schedule: 'a_task-0' };
    expect(decodeMessage(encodeMessage(message), 'other')).toEqual({ v: 1, ...message });
  });

  it('never writes a character that SQS refuses', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, key) => {
        const body = encodeMessage({ ...minimal, payload: { [key]: text }, trace: { a: text } });
        expect(isXmlText(body)).toBe(true);
        expect(body.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('writes the keys that docs/wire-format.md names and no others', () => {
    const at = new Date('2026-03-01T12:00:00.123Z');
    expect(JSON.parse(encodeMessage({ ...minimal, enqueuedAt: at }))).toEqual({
      v: 1,
      id: 'i',
      task: 't',
      payload: null,
      enqueued_at: '2026-03-01T12:00:00.123Z',
    });
  });
});

describe('decodeMessage', () => {
  it('gives a message or throws InvalidMessage, whatever the text', () => {
    const nearlyMessages = fc
      .record(
        {
          v: fc.jsonValue(),
          id: fc.jsonValue(),
          task: fc.jsonValue(),
          payload: fc.jsonValue(),
          enqueued_at: fc.oneof(fc.jsonValue(), fc.constant('+275760-09-13T00:00:00.001Z')),
          not_before: fc.jsonValue(),
          schedule: fc.jsonValue(),
          trace: fc.jsonValue(),
          Type: fc.constantFrom('Notification', 'Other'),
          Message: fc.oneof(fc.jsonValue(), fc.json()),
          MessageAttributes: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(anyText, fc.json(), nearlyMessages), (body) => {
        try {
          const { id, task, payload, v } = decodeMessage(body, 'fallback');
          expect([typeof id, typeof task, typeof v]).toEqual(['string', 'string', 'number']);
          // What a newer version holds is for a newer worker to judge.
          if (v === 1) expect(payload).not.toBeUndefined();
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidMessage);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('survives a body that is nested as deep as 1 MiB allows', () => {
    const deep = '['.repeat(500_000) + ']'.repeat(500_000);
    expect(() => decodeMessage(`{"task":"t","payload":${deep}`, 'f')).toThrow(InvalidMessage);
    expect(decodeMessage(`{"task":"t","payload":${deep}}`, 'f').task).toBe('t');
  });

  it('needs the task and the payload only; the SQS message id stands in for the id', () => {
    expect(decodeMessage('{"task":"t","payload":{"a":1}}', 'sqs-id')).toEqual({
      v: 1,
      id: 'sqs-id',
      task: 't',
      payload: { a: 1 },
    });
  });

  it.each([
    ['', 'not JSON'],
    ['[]', 'not a JSON object'],
    ['null', 'not a JSON object'],
    ['{"payload":1}', '"task", the name of the task, is missing'],
    ['{"task":"","payload":1}', '"task"'],
    ['{"task":7,"payload":1}', '"task"'],
    ['{"task":"t"}', '"payload" is missing'],
    ['{"task":"t","payload":1,"id":""}', '"id"'],
    ['{"task":"t","payload":1,"id":null}', '"id"'],
    ['{"task":"t","payload":1,"v":0}', '"v"'],
    ['{"task":"t","payload":1,"v":"1"}', '"v"'],
    ['{"Type":"Notification","Message":"hello"}', 'not JSON'],
  ])('refuses %s', (body, message) => {
    expect(() => decodeMessage(body, 'f')).toThrow(message);
  });

  it('takes null, false, 0 and "" for payloads', () => {
    for (const payload of [null, false, 0, '']) {
      expect(decodeMessage(JSON.stringify({ task: 't', payload }), 'f').payload).toBe(payload);
    }
  });

  it('reads a newer version: whether to run it is the worker’s decision', () => {
    const body = '{"v":7,"task":"t","payload":1,"priority":"high"}';
    expect(decodeMessage(body, 'f')).toMatchObject({ v: 7, task: 't', payload: 1 });
  });

  it('leaves out a time that it cannot read', () => {
    const body = '{"task":"t","payload":1,"enqueued_at":"yesterday","not_before":12}';
    expect(decodeMessage(body, 'f')).toEqual({ v: 1, id: 'f', task: 't', payload: 1 });
  });

  it('keeps the strings of a trace and drops the rest', () => {
    const body = '{"task":"t","payload":1,"trace":{"traceparent":"00-a","baggage":5,"x":null}}';
    expect(decodeMessage(body, 'f').trace).toEqual({ traceparent: '00-a' });
  });

  it('takes keys such as __proto__ for what they are', () => {
    const body =
      '{"task":"t","payload":{"__proto__":{"admin":true},"constructor":1},' +
      '"__proto__":{"id":"x"},"trace":{"__proto__":"y"}}';
    const message = decodeMessage(body, 'f');
    expect(message.id).toBe('f');
    expect(Object.getPrototypeOf(message.trace)).toBe(Object.prototype);
    expect(JSON.stringify(message.payload)).toBe('{"__proto__":{"admin":true},"constructor":1}');
    expect((message.payload as { admin?: boolean }).admin).toBeUndefined();
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  it('opens an SNS envelope and keeps its attributes', () => {
    const envelope = {
      Type: 'Notification',
      Message: encodeMessage(minimal),
      MessageAttributes: {
        traceparent: { Type: 'String', Value: '00-abc' },
        broken: 'text',
        empty: null,
      },
    };
    expect(decodeMessage(JSON.stringify(envelope), 'f')).toEqual({
      v: 1,
      ...minimal,
      envelopeAttributes: { traceparent: '00-abc' },
    });
  });
});

it('makes ids that are UUIDs of version 7, in the order of their making', () => {
  const ids = Array.from({ length: 1000 }, createTaskId);
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  }
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(1000);
});
