import { type Environment, readChoice, readNumber } from './read-setting.ts';

/** OTEL_TRACES_SAMPLER and its argument. */
export interface SamplerSettings {
  name:
    | 'always_on'
    | 'always_off'
    | 'traceidratio'
    | 'parentbased_always_on'
    | 'parentbased_always_off'
    | 'parentbased_traceidratio';
  /** Of the ratio's samplers: 0 to 1. */
  ratio: number;
}

const NAMES: readonly SamplerSettings['name'][] = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
];
const RATIO = {
  fits: (value: number) => value >= 0 && value <= 1,
  wanted: 'a number from 0 to 1',
};

/** As the specification says: parentbased_always_on, and every trace, where nothing is set. */
export function readSamplerSettings(env: Environment, warnings: string[]): SamplerSettings {
  const name = readChoice(env, 'OTEL_TRACES_SAMPLER', NAMES, 'parentbased_always_on', warnings);
  const takesRatio = name.endsWith('traceidratio');
  const ratio = takesRatio ? readNumber(env, 'OTEL_TRACES_SAMPLER_ARG', RATIO, 1, warnings) : 1;
  return { name, ratio };
}
