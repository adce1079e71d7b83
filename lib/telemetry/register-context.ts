import { context, propagation, type TextMapPropagator } from '@opentelemetry/api';
import { createContextManager } from './context-manager.ts';

/** Makes the active context follow async calls, and propagation use the given propagator. */
export function registerContext(propagator: TextMapPropagator): void {
  context.setGlobalContextManager(createContextManager());
  propagation.setGlobalPropagator(propagator);
}
