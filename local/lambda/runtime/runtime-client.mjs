// @ts-check
/**
 * What Lambda's nodejs24.x image runs in an instance: it loads the handler and works through the
 * Runtime API (https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
 *
 * Plain JavaScript, because every cold start pays for this file, and Node.js takes 33 ms to load its
 * type stripper (median of 40 starts: 50 ms as .mjs, 83 ms as .ts).
 */

// `import` of node:http reads each of its exports, and one is a getter that loads undici: 23 ms.
const http = process.getBuiltinModule('node:http');
const { existsSync } = process.getBuiltinModule('node:fs');
const { pathToFileURL } = process.getBuiltinModule('node:url');

/** @typedef {(event: unknown, context: object) => unknown} Handler */
/** @typedef {{ status: number, headers: import('node:http').IncomingHttpHeaders, body: string }} Reply */

const environment = process.env;
const [hostname, port] = (environment.AWS_LAMBDA_RUNTIME_API ?? '').split(':');
const agent = new http.Agent({ keepAlive: true });

let initialised = false;
let crashing = false;
/** @type {string | undefined} */
let currentRequestId;

// Ctrl-C in a terminal reaches the whole process group; the service stops its instances itself.
process.on('SIGINT', () => {});
process.on('uncaughtException', (error) => crash('Uncaught Exception', toPayload(error), 129));
process.on('unhandledRejection', (reason) =>
  crash('Unhandled Promise Rejection', toRejectionPayload(reason), 128),
);
// Nothing is left that could wake the process: whatever is awaited will never settle.
process.on('beforeExit', () =>
  crash(
    'Node.js Exit',
    {
      errorType: 'Runtime.NodeJsExit',
      errorMessage:
        'The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was never settled.',
      trace: [],
    },
    13,
  ),
);

await run();

async function run() {
  /** @type {Handler} */
  let handler;
  try {
    handler = await loadHandler();
  } catch (error) {
    await crash('Init Error', toPayload(error), 1);
    return;
  }
  initialised = true;
  for (;;) {
    await serve(handler, await call('GET', '/invocation/next'));
  }
}

/**
 * @param {Handler} handler
 * @param {Reply} next
 */
async function serve(handler, next) {
  const requestId = String(next.headers['lambda-runtime-aws-request-id']);
  currentRequestId = requestId;
  const traceId = next.headers['lambda-runtime-trace-id'];
  if (typeof traceId === 'string') {
    environment._X_AMZN_TRACE_ID = traceId;
  } else {
    delete environment._X_AMZN_TRACE_ID;
  }
  /** @type {string} */
  let payload;
  let outcome = 'response';
  try {
    payload = serialize(await handler(JSON.parse(next.body), createContext(requestId, next)));
  } catch (error) {
    outcome = 'error';
    payload = report('Invoke Error', toPayload(error));
  }
  if (!crashing) {
    await call('POST', `/invocation/${requestId}/${outcome}`, payload);
    currentRequestId = undefined;
  }
}

/**
 * @param {string} requestId
 * @param {Reply} next
 */
function createContext(requestId, next) {
  const deadlineMs = Number(next.headers['lambda-runtime-deadline-ms']);
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    invokedFunctionArn: next.headers['lambda-runtime-invoked-function-arn'],
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
}

/** @returns {Promise<Handler>} */
async function loadHandler() {
  const [, moduleName = '', handlerName = ''] =
    /^(.+)\.([^.]+)$/.exec(environment._HANDLER ?? '') ?? [];
  const path = ['.js', '.mjs', '.cjs']
    .map((extension) => `${environment.LAMBDA_TASK_ROOT}/${moduleName}${extension}`)
    .find((candidate) => existsSync(candidate));
  if (path === undefined) {
    throw named('Runtime.ImportModuleError', `Error: Cannot find module '${moduleName}'`);
  }
  const handler = (await importModule(path))[handlerName];
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${environment._HANDLER} is undefined or not exported`);
  }
  if (handler.length >= 3) {
    throw named(
      'Runtime.CallbackHandlerDeprecated',
      'AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async handler.',
    );
  }
  return handler;
}

/** @param {string} path */
async function importModule(path) {
  try {
    return await import(pathToFileURL(path).href);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw named('Runtime.UserCodeSyntaxError', String(error), error);
    }
    if (error instanceof Error && /MODULE_NOT_FOUND$/.test(Object(error).code)) {
      throw named('Runtime.ImportModuleError', String(error), error);
    }
    throw error;
  }
}

/**
 * Reports what broke the process and ends it, as Lambda's client does.
 * @param {string} title
 * @param {object} payload
 * @param {number} exitCode
 */
async function crash(title, payload, exitCode) {
  if (crashing) {
    return;
  }
  crashing = true;
  const body = report(title, payload);
  if (!initialised) {
    await call('POST', '/init/error', body);
  } else if (currentRequestId !== undefined) {
    await call('POST', `/invocation/${currentRequestId}/error`, body);
  }
  process.exit(exitCode);
}

/**
 * @param {string} title
 * @param {object} payload
 */
function report(title, payload) {
  const json = JSON.stringify(payload);
  const time = new Date().toISOString();
  process.stderr.write(`${time}\t${currentRequestId ?? 'undefined'}\tERROR\t${title} \t${json}\n`);
  return json;
}

/** @param {unknown} result */
function serialize(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? 'null';
  } catch (cause) {
    throw new Error('Unable to stringify response body', { cause });
  }
}

/** @param {unknown} error */
function toPayload(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

/** @param {unknown} reason */
function toRejectionPayload(reason) {
  const payload = toPayload(reason);
  return {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: String(reason),
    reason: payload,
    promise: {},
    trace: [`Runtime.UnhandledPromiseRejection: ${String(reason)}`, ...payload.trace],
  };
}

/**
 * @param {string} name
 * @param {string} message
 * @param {Error} [cause]
 */
function named(name, message, cause) {
  const error = new Error(message, { cause });
  error.name = name;
  error.stack = cause?.stack ?? `${name}: ${message}`;
  return error;
}

/**
 * One request to the Runtime API. Without a timeout: `next` answers when there is an event, which
 * may be hours away, and the process is frozen meanwhile.
 * @param {'GET' | 'POST'} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<Reply>}
 */
function call(method, path, body) {
  return new Promise((resolve) => {
    const request = http.request(
      {
        agent,
        hostname,
        port,
        method,
        path: `/2018-06-01/runtime${path}`,
        headers:
          body === undefined
            ? {}
            : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        );
      },
    );
    // The service never closes a connection while it lives, so a closed one means that it is gone,
    // and an instance must not outlive its service.
    request.once('socket', (socket) => {
      if (!socket.listeners('close').includes(leave)) {
        socket.once('close', leave);
      }
    });
    request.on('error', leave);
    request.end(body);
  });
}

function leave() {
  process.exit(1);
}
