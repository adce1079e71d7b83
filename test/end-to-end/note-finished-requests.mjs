import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

// Loaded before a function: says on stdout, in their order, whose bytes have been handed to the kernel.
subscribe('http.client.request.start', ({ request }) => {
  const { method, path } = request;
  request.on('finish', () => {
    if (method === 'POST') writeSync(1, `handed over: ${path}\n`);
  });
});
