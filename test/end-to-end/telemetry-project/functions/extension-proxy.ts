import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Puts itself between the telemetry of this process and Lambda's Extensions API. The runtime has
 * read the address before, and talks to Lambda itself.
 *
 * @param registration `refused`, `managed`, or how many milliseconds the answer takes
 */
export async function startExtensionProxy(registration: string): Promise<void> {
  if (registration === 'managed') {
    process.env['AWS_LAMBDA_INITIALIZATION_TYPE'] = 'lambda-managed-instances';
  }
  const target = `http://${process.env['AWS_LAMBDA_RUNTIME_API']}`;
  const proxy = createServer((incoming, outgoing) => {
    const registers = incoming.url?.endsWith('/register');
    if (registers) console.log(`registration asked for: ${registration}`);
    if (registers && registration === 'refused') {
      outgoing.writeHead(403).end('{"errorType":"Extension.RegistrationClosed"}');
      return;
    }
    const { method = 'GET', headers } = incoming;
    const options = { method, headers };
    const passedOn = send(`${target}${incoming.url}`, options, (answer) => {
      const pass = () => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      };
      if (registers) setTimeout(pass, Number(registration));
      else pass();
    });
    incoming.pipe(passedOn);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  process.env['AWS_LAMBDA_RUNTIME_API'] = `127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}
