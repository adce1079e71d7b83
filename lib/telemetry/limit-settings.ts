import { type Environment, readNumber } from './read-setting.ts';

/** What a span or a log record may hold, as the SDK takes it. */
export interface LimitSettings {
  span: {
    attributeValueLengthLimit: number;
    attributeCountLimit: number;
    eventCountLimit: number;
    linkCountLimit: number;
    attributePerEventCountLimit: number;
    attributePerLinkCountLimit: number;
  };
  logRecord: { attributeValueLengthLimit: number; attributeCountLimit: number };
}

/** Characters. The specification has no bound, and one value could be larger than a request. */
const VALUE_LENGTH = 8_192;
/** The specification's own. */
const COUNT = 128;

const LENGTH = {
  fits: (value: number) => Number.isInteger(value) && value > 0,
  wanted: 'a whole number above 0',
};
const AMOUNT = {
  fits: (value: number) => Number.isInteger(value) && value >= 0,
  wanted: 'a whole number',
};

/** The standard variables: those of spans and log records win over those of both. */
export function readLimitSettings(env: Environment, warnings: string[]): LimitSettings {
  const length = (name: string, fallback: number) =>
    readNumber(env, name, LENGTH, fallback, warnings);
  const count = (name: string, fallback: number) =>
    readNumber(env, name, AMOUNT, fallback, warnings);
  const anyLength = length('OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT', VALUE_LENGTH);
  const anyCount = count('OTEL_ATTRIBUTE_COUNT_LIMIT', COUNT);
  return {
    span: {
      attributeValueLengthLimit: length('OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT', anyLength),
      attributeCountLimit: count('OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT', anyCount),
      eventCountLimit: count('OTEL_SPAN_EVENT_COUNT_LIMIT', COUNT),
      linkCountLimit: count('OTEL_SPAN_LINK_COUNT_LIMIT', COUNT),
      attributePerEventCountLimit: count('OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT', COUNT),
      attributePerLinkCountLimit: count('OTEL_LINK_ATTRIBUTE_COUNT_LIMIT', COUNT),
    },
    logRecord: {
      attributeValueLengthLimit: length('OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT', anyLength),
      attributeCountLimit: count('OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT', anyCount),
    },
  };
}
