import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createExtensionRoutes, type ExtensionHost } from './extension-routes.ts';
import type { Invocation } from './invocation.ts';
import { replyError } from './json-reply.ts';
import { createRuntimeRoutes } from './runtime-routes.ts';

/** The HTTP side of one instance: what its runtime and its extensions talk to. */
export interface RuntimeApi {
  /** Starts the listener on a free port; resolves with host:port. */
  listen(): Promise<string>;
  close(): Promise<void>;
  /** The runtime and every extension wait for the next event. */
  readonly ready: boolean;
  readonly extensionsWaiting: boolean;
  readonly hasExtension: boolean;
  deliver(invocation: Invocation, deadlineMs: number): void;
}

export interface RuntimeApiListener {
  /** The runtime and every extension have come to wait for the next event. */
  onReady(): void;
  /** The runtime has posted the response or the error of the delivered invocation. */
  onAnswer(): void;
  onInitError(payload: string): void;
  onExtensionError(phase: 'init' | 'exit', errorType: string): void;
}

export function createRuntimeApi(
  host: ExtensionHost & { functionArn: string },
  listener: RuntimeApiListener,
): RuntimeApi {
  const isReady = () => runtime.waiting && extensions.waiting;
  const onNext = () => {
    if (isReady()) {
      listener.onReady();
    }
  };
  const runtime = createRuntimeRoutes({ ...listener, onNext });
  const extensions = createExtensionRoutes(host, {
    registrationOpen: () => !runtime.started,
    onNext,
    onError: listener.onExtensionError,
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = `${request.method} ${request.url}`;
    const answer = /^POST \/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(
      target,
    );
    if (answer !== null) {
      const kind = answer[2] === 'error' ? 'error' : 'response';
      return runtime.answer(kind, String(answer[1]), request, response);
    }
    switch (target) {
      case 'GET /2018-06-01/runtime/invocation/next':
        return runtime.next(response);
      case 'POST /2018-06-01/runtime/init/error':
        return runtime.initError(request, response);
      case 'POST /2020-01-01/extension/register':
        return extensions.register(request, response);
      case 'GET /2020-01-01/extension/event/next':
        return extensions.next(request, response);
      case 'POST /2020-01-01/extension/init/error':
        return extensions.fail('init', request, response);
      case 'POST /2020-01-01/extension/exit/error':
        return extensions.fail('exit', request, response);
      default:
        replyError(response, 404, 'NotFound', `Not part of the Lambda APIs here: ${target}`);
    }
  }

  const server = createServer((request, response) => {
    // A body that broke off: its process is gone, and its exit is what ends the invocation.
    route(request, response).catch(() => response.destroy());
  });
  // A frozen instance keeps its connections for hours, and takes a closed one for the service's end.
  server.keepAliveTimeout = 0;
  server.headersTimeout = 0;
  server.requestTimeout = 0;

  return {
    async listen() {
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      return `127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async close() {
      if (server.listening) {
        const closed = once(server, 'close');
        server.close();
        server.closeAllConnections();
        await closed;
      }
    },
    get ready() {
      return isReady();
    },
    get extensionsWaiting() {
      return extensions.waiting;
    },
    get hasExtension() {
      return extensions.registered;
    },
    deliver(invocation, deadlineMs) {
      runtime.deliver(invocation, deadlineMs, host.functionArn);
      extensions.deliver(invocation, deadlineMs, host.functionArn);
    },
  };
}
