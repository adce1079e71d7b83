import { expect, it } from 'vitest';
import { createPropagator } from '../../../lib/telemetry/create-propagator.ts';

it.each([
  [
    ['tracecontext', 'baggage'],
    ['traceparent', 'tracestate', 'baggage'],
  ],
  [['baggage', 'baggage'], ['baggage']],
  [['none'], []],
  [['none', 'tracecontext'], []],
  [[], []],
])('OTEL_PROPAGATORS=%j writes %j', (names, fields) => {
  const warnings: string[] = [];
  expect(createPropagator(names, warnings).fields()).toEqual(fields);
  expect(warnings).toEqual([]);
});

it.each(['b3', 'constructor', '__proto__', 'toString'])('leaves out %s with a warning', (name) => {
  const warnings: string[] = [];
  expect(createPropagator([name, 'baggage'], warnings).fields()).toEqual(['baggage']);
  expect(warnings).toEqual([`OTEL_PROPAGATORS: "${name}" is not known here and is left out.`]);
});
