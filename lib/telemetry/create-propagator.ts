import type { TextMapPropagator } from '@opentelemetry/api';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';

type Create = () => TextMapPropagator | Promise<TextMapPropagator>;

/** Those beyond W3C's are packages of their own, to be installed by whoever names them. */
const PROPAGATORS = new Map<string, Create>([
  ['tracecontext', () => new W3CTraceContextPropagator()],
  ['baggage', () => new W3CBaggagePropagator()],
  [
    'b3',
    async () => {
      const { B3Propagator } = await import('@opentelemetry/propagator-b3');
      return new B3Propagator();
    },
  ],
  [
    'b3multi',
    async () => {
      const { B3InjectEncoding, B3Propagator } = await import('@opentelemetry/propagator-b3');
      return new B3Propagator({ injectEncoding: B3InjectEncoding.MULTI_HEADER });
    },
  ],
  [
    'xray',
    async () => {
      const { AWSXRayPropagator } = await import('@opentelemetry/propagator-aws-xray');
      return new AWSXRayPropagator();
    },
  ],
]);

/** The propagators that OTEL_PROPAGATORS names; `none` is none of them. */
export async function createPropagator(
  names: readonly string[],
  warnings: string[],
): Promise<TextMapPropagator> {
  const propagators: TextMapPropagator[] = [];
  for (const name of names.includes('none') ? [] : new Set(names)) {
    try {
      const create = PROPAGATORS.get(name);
      if (create === undefined) throw new Error('not known');
      propagators.push(await create());
    } catch {
      warnings.push(`OTEL_PROPAGATORS: "${name}" is not known or not installed, and is left out.`);
    }
  }
  return new CompositePropagator({ propagators });
}
