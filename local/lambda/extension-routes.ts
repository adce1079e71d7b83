import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Invocation } from './invocation.ts';
import { replyAccepted, replyError, replyJson } from './json-reply.ts';
import { createLongPoll, type LongPoll } from './long-poll.ts';
import { readBody } from './read-body.ts';

/** Extensions of one function that Lambda allows. */
const maximumExtensions = 10;

/** The Extensions API, 2020-01-01, without its paths, for internal extensions only. */
export interface ExtensionRoutes {
  /** Every registered extension waits for its next event. True when there is none. */
  readonly waiting: boolean;
  readonly registered: boolean;
  deliver(invocation: Invocation, deadlineMs: number, functionArn: string): void;
  register(request: IncomingMessage, response: ServerResponse): Promise<void>;
  next(request: IncomingMessage, response: ServerResponse): void;
  fail(phase: 'init' | 'exit', request: IncomingMessage, response: ServerResponse): void;
}

export interface ExtensionListener {
  /** False once the runtime has asked for its first event. */
  registrationOpen(): boolean;
  onNext(): void;
  onError(phase: 'init' | 'exit', errorType: string): void;
}

export interface ExtensionHost {
  functionName: string;
  accountId: string;
}

interface Extension {
  name: string;
  invoke: boolean;
  poll: LongPoll;
}

export function createExtensionRoutes(
  host: ExtensionHost,
  listener: ExtensionListener,
): ExtensionRoutes {
  const extensions = new Map<string, Extension>();

  function identify(request: IncomingMessage, response: ServerResponse): Extension | undefined {
    const identifier = header(request, 'lambda-extension-identifier');
    const extension = extensions.get(identifier);
    if (identifier === '') {
      const message = 'Missing Lambda-Extension-Identifier header';
      replyError(response, 403, 'Extension.MissingExtensionIdentifier', message);
    } else if (extension === undefined) {
      const message = `Unknown extension ${identifier}`;
      replyError(response, 403, 'Extension.UnknownExtensionIdentifier', message);
    }
    return extension;
  }

  function accept(name: string, events: string[]): string {
    const identifier = randomUUID();
    extensions.set(identifier, { name, invoke: events.includes('INVOKE'), poll: createLongPoll() });
    return identifier;
  }

  return {
    get waiting() {
      return [...extensions.values()].every(({ poll }) => poll.waiting);
    },
    get registered() {
      return extensions.size > 0;
    },
    deliver({ requestId, traceHeader }, deadlineMs, invokedFunctionArn) {
      const tracing = { type: 'X-Amzn-Trace-Id', value: traceHeader };
      const event = { eventType: 'INVOKE', deadlineMs, requestId, invokedFunctionArn, tracing };
      for (const { invoke, poll } of extensions.values()) {
        if (invoke) {
          poll.release(JSON.stringify(event));
        }
      }
    },
    async register(request, response) {
      const name = header(request, 'lambda-extension-name');
      const events = parseEvents(await readBody(request));
      const refusal = refuse(name, events, [...extensions.values()], listener.registrationOpen());
      if (refusal !== undefined || events === undefined) {
        const [errorType, message] = refusal ?? ['InvalidRequestFormat', 'Invalid request body'];
        replyError(response, 403, errorType, message);
        return;
      }
      const features = header(request, 'lambda-extension-accept-feature').split(',');
      const body = {
        functionName: host.functionName,
        functionVersion: '$LATEST',
        handler: 'index.handler',
        ...(features.some((feature) => feature.trim() === 'accountId') && {
          accountId: host.accountId,
        }),
      };
      const identifier = accept(name, events);
      replyJson(response, 200, JSON.stringify(body), {
        'Lambda-Extension-Identifier': identifier,
      });
    },
    next(request, response) {
      const extension = identify(request, response);
      if (extension?.poll.waiting) {
        const message = `State transition from Ready to Ready failed for extension ${extension.name}. Error: State transition is not allowed`;
        replyError(response, 403, 'Extension.InvalidExtensionState', message);
      } else if (extension !== undefined) {
        extension.poll.park(response);
        listener.onNext();
      }
    },
    fail(phase, request, response) {
      const errorType = header(request, 'lambda-extension-function-error-type');
      if (identify(request, response) === undefined) {
        return;
      }
      if (errorType === '') {
        const message = 'Lambda-Extension-Function-Error-Type not found';
        replyError(response, 403, 'Extension.MissingHeader', message);
        return;
      }
      replyAccepted(response);
      listener.onError(phase, errorType);
    },
  };
}

function refuse(
  name: string,
  events: string[] | undefined,
  registered: Extension[],
  open: boolean,
): [errorType: string, message: string] | undefined {
  if (name === '') {
    return ['Extension.InvalidExtensionName', 'Empty extension name'];
  }
  const unsupported = events?.find((event) => event !== 'INVOKE');
  if (unsupported !== undefined) {
    // SHUTDOWN is for external extensions: an internal one ends with its process.
    const message = `${unsupported}: event not supported for internal extensions`;
    return ['Extension.InvalidEventType', message];
  }
  if (!open) {
    return ['Extension.RegistrationClosed', 'Extension registration closed already'];
  }
  if (registered.some((extension) => extension.name === name)) {
    return ['Extension.InvalidExtensionState', 'Extension with this name already registered'];
  }
  if (registered.length >= maximumExtensions) {
    return ['Extension.TooManyExtensions', `Extension limit (${maximumExtensions}) reached`];
  }
  return undefined;
}

function parseEvents(body: string | undefined): string[] | undefined {
  try {
    const events = (JSON.parse(body ?? '') as { events?: unknown } | null)?.events ?? [];
    return Array.isArray(events) ? events.map(String) : undefined;
  } catch {
    return undefined;
  }
}

function header(request: IncomingMessage, name: string): string {
  return String(request.headers[name] ?? '');
}
