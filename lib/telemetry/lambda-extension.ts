import { Agent, type IncomingMessage, request } from 'node:http';

/** One invocation, as the Extensions API announces it. */
export interface InvokeEvent {
  requestId: string;
  /** By `Date.now()`. */
  deadlineMs: number;
}

/** This process as an internal Lambda extension. */
export interface LambdaExtension {
  /** The account of the function, from the register response; older platforms leave it out. */
  readonly accountId?: string;
  /**
   * Asks for events, one after the other, for as long as the process lives. Lambda hands this
   * instance no other invocation until `onInvoke` has settled and the next event is asked for.
   */
  run(onInvoke: (event: InvokeEvent) => Promise<void>, onAsk: () => void): void;
}

export interface ExtensionOptions {
  /** AWS_LAMBDA_RUNTIME_API, `host:port`. */
  runtimeApi: string;
  /** How long the registration's answer is waited for. @default 1_000 */
  timeoutMs?: number;
  /** Called when the request has been handed to the kernel. */
  onSent?: () => void;
}

const NAME = 'leadline';
const API = '/2020-01-01/extension';

/**
 * Registers this process as an internal extension, for INVOKE alone: Lambda refuses SHUTDOWN to
 * internal ones. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
 *
 * Lambda's init waits until every registered extension asks for its first event. So an answer that
 * comes too late to be used is still served, by a loop that does nothing but ask.
 *
 * @returns undefined when Lambda refuses, or does not answer in time.
 */
export async function registerExtension(
  options: ExtensionOptions,
): Promise<LambdaExtension | undefined> {
  const { timeoutMs = 1_000, onSent } = options;
  const call = createCalls(options.runtimeApi);
  const request = { body: { events: ['INVOKE'] }, ...(onSent && { onSent }) };
  const registration = call('POST', '/register', request).then(
    ({ statusCode, headers, body }) => {
      const id = headers['lambda-extension-identifier'];
      if (statusCode !== 200 || typeof id !== 'string') return undefined;
      return createExtension(call, id, readAccountId(body));
    },
    () => undefined,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  const extension = await Promise.race([registration, late]);
  clearTimeout(timer);
  if (extension !== 'late') return extension;
  void registration.then((answered) =>
    answered?.run(
      async () => {},
      () => {},
    ),
  );
  return undefined;
}

function createExtension(call: Call, id: string, accountId: string | undefined): LambdaExtension {
  return {
    ...(accountId !== undefined && { accountId }),
    run: (onInvoke, onAsk) => void loop(call, id, onInvoke, onAsk),
  };
}

const MAX_PAUSE_MS = 1_000;

/** A loop that stopped would make every later invocation run into its timeout: it has no way out. */
async function loop(
  call: Call,
  id: string,
  onInvoke: (event: InvokeEvent) => Promise<void>,
  onAsk: () => void,
): Promise<never> {
  for (let pauseMs = 10; ; ) {
    try {
      onAsk();
      const { statusCode, body } = await call('GET', '/event/next', { id });
      if (statusCode !== 200) throw new Error(`event/next answered ${statusCode}`);
      pauseMs = 10;
      await onInvoke(JSON.parse(body) as InvokeEvent);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS);
    }
  }
}

interface Answer {
  statusCode: number | undefined;
  headers: IncomingMessage['headers'];
  body: string;
}

interface CallOptions {
  body?: unknown;
  /** The extension's, once it has one. */
  id?: string;
  onSent?: () => void;
}

type Call = (method: string, path: string, options: CallOptions) => Promise<Answer>;

/** Over node:http without a timeout: an instance may stay frozen for hours between two events. */
function createCalls(runtimeApi: string): Call {
  const [host = '127.0.0.1', port = '80'] = runtimeApi.split(':');
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return (method, path, { body, id, onSent }) =>
    new Promise((resolve, reject) => {
      const headers =
        id === undefined
          ? { 'lambda-extension-name': NAME, 'lambda-extension-accept-feature': 'accountId' }
          : { 'lambda-extension-identifier': id };
      const sent = request({ host, port, path: API + path, method, agent, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode, headers: answered } = response;
          resolve({ statusCode, headers: answered, body: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('error', reject);
      if (onSent !== undefined) sent.on('finish', onSent);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

function readAccountId(body: string): string | undefined {
  try {
    const { accountId } = JSON.parse(body) as { accountId?: unknown };
    return typeof accountId === 'string' ? accountId : undefined;
  } catch {
    return undefined;
  }
}
