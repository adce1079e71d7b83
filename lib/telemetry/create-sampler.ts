import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-node';
import type { SamplerSettings } from './sampler-settings.ts';

/** The SDK's sampler of these settings. */
export function createSampler({ name, ratio }: SamplerSettings): Sampler {
  const root = createRoot(name, ratio);
  return name.startsWith('parentbased') ? new ParentBasedSampler({ root }) : root;
}

function createRoot(name: SamplerSettings['name'], ratio: number): Sampler {
  if (name.endsWith('always_off')) return new AlwaysOffSampler();
  return name.endsWith('traceidratio')
    ? new TraceIdRatioBasedSampler(ratio)
    : new AlwaysOnSampler();
}
