/** CloudWatch's refusal of a request: the code of its JSON protocol, and the older one of its query protocol. */
export class CloudWatchRefusal extends Error {
  override readonly name = 'CloudWatchRefusal';
  readonly retryable = false;
  readonly code: keyof typeof QUERY_CODES;
  readonly queryCode: string;

  constructor(code: keyof typeof QUERY_CODES, message: string) {
    super(message);
    this.code = code;
    this.queryCode = QUERY_CODES[code];
  }
}

/** The SDK hands the second one out as `error.Code`. */
const QUERY_CODES = {
  ValidationException: 'ValidationError',
  InvalidParameterValueException: 'InvalidParameterValue',
  MissingRequiredParameterException: 'MissingParameter',
  InvalidNextToken: 'InvalidNextToken',
  UnknownOperationException: 'InvalidAction',
  SerializationException: 'MalformedInput',
} as const;
