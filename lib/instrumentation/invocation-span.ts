import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import { BATCH_MESSAGE_COUNT } from './attributes.ts';
import { EMPTY_CONTEXT } from './empty-context.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';

/** What is read of Lambda's context object. */
export interface InvocationInfo {
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
}

export interface InvocationSpanOptions {
  name: string;
  trigger: 'http' | 'pubsub' | 'timer';
  info: InvocationInfo;
  coldStart: boolean;
  /** The caller's context. @default none: a new trace */
  parent?: Context;
  attributes?: Attributes;
  links?: Link[];
}

/** Starts the SERVER span of one invocation. */
export function startInvocationSpan(options: InvocationSpanOptions): {
  span: Span;
  context: Context;
} {
  const { info, parent = EMPTY_CONTEXT } = options;
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(
    options.name,
    {
      kind: SpanKind.SERVER,
      links: options.links ?? [],
      attributes: {
        'faas.trigger': options.trigger,
        'faas.invocation_id': info.awsRequestId,
        'faas.invocation.id': info.awsRequestId,
        'faas.coldstart': options.coldStart,
        'cloud.resource_id': info.invokedFunctionArn,
        'aws.lambda.invoked_arn': info.invokedFunctionArn,
        ...options.attributes,
      },
    },
    parent,
  );
  return { span, context: trace.setSpan(parent, span) };
}

/** The attributes and links that an SQS batch adds, one link a message with a valid context. */
export function batchSpanOptions(messages: readonly Context[]): {
  attributes: Attributes;
  links: Link[];
} {
  const links = messages.flatMap((each) => {
    const context = trace.getSpanContext(each);
    return context === undefined ? [] : [{ context }];
  });
  return { attributes: { [BATCH_MESSAGE_COUNT]: messages.length }, links };
}
