import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ConsoleOptions, createConsole } from './create-console.ts';
import { notFound } from './http/console-refusal.ts';

export interface ConsoleServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A console on a port of its own, on loopback only.
 *
 * @param port 0 picks a free one.
 * @throws Error with what to do when the port is taken.
 */
export async function startConsoleServer(
  port: number,
  options: ConsoleOptions,
): Promise<ConsoleServer> {
  const console = createConsole(options);
  const server = createServer((request, response) => {
    if (console.handles(request.url)) return console.listen(request, response);
    const { message } = notFound('There is nothing here but the console, at /.');
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`);
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
  } catch (error) {
    console.stop();
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    const why = code === 'EADDRINUSE' ? 'is taken' : 'needs more rights than this process has';
    throw new Error(
      `Port ${port} ${why}. Give another one with --port, or 0 for any that is free.`,
    );
  }
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        console.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
