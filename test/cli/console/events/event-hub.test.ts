import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import type { ConsoleTopic } from '../../../../cli/console/console-api.ts';
import {
  createEventHub,
  type EventHub,
  type EventHubOptions,
} from '../../../../cli/console/events/event-hub.ts';
import { waitUntil } from '../../../local/lambda/wait-until.ts';

interface Stream {
  events: { id: string; name: string; data: { at?: number; reason?: string } }[];
  message: IncomingMessage;
  leave(): void;
}

const ALL: ReadonlySet<ConsoleTopic> = new Set(['overview', 'tasks', 'runs']);

async function serve(options?: EventHubOptions) {
  const hub = createEventHub(options);
  const server = createServer((incoming, response) => {
    const topics = new URL(incoming.url ?? '', 'http://x').searchParams.get('topics');
    const wanted = topics ? (new Set(topics.split(',')) as ReadonlySet<ConsoleTopic>) : ALL;
    if (!hub.connect(incoming, response, wanted)) response.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    hub.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { hub, url: `http://127.0.0.1:${port}/` };
}

function listen(url: string, lastEventId?: string): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const sent = request(url, { headers, agent: false }, (message) => {
      const stream: Stream = { events: [], message, leave: () => message.destroy() };
      let text = '';
      message.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const whole = text.split('\n\n');
        text = whole.pop() ?? '';
        stream.events.push(...whole.flatMap(parse));
      });
      message.on('error', () => {});
      resolve(stream);
    });
    sent.on('error', reject).end();
  });
}

function parse(block: string): Stream['events'] {
  const found = /^id: (\S+)\nevent: (\w+)\ndata: (.*)$/.exec(block);
  return found
    ? [{ id: found[1] ?? '', name: found[2] ?? '', data: JSON.parse(found[3] ?? '') }]
    : [];
}

const publish = (hub: EventHub, at: number, extra = {}) =>
  hub.publish('overview', { at, queues: [], ...extra });
const timesOf = ({ events }: Stream) => events.flatMap(({ data }) => data.at ?? []);
const names = ({ events }: Stream) => events.map(({ name, data }) => data.reason ?? name);
const untilCount = (stream: Stream, count: number) =>
  waitUntil(`${count} events`, () => stream.events.length >= count);

it('begins a new stream with a reset, and tells only of the topics that were asked for', async () => {
  const { hub, url } = await serve();
  const stream = await listen(`${url}?topics=tasks`);
  publish(hub, 1);
  hub.publish('tasks', { at: 2, tasks: [] });
  await untilCount(stream, 2);
  expect(names(stream)).toEqual(['new', 'tasks']);
  expect(hub.hasListeners('tasks')).toBe(true);
  expect(hub.hasListeners('overview')).toBe(false);
});

it('gives one that comes back what it missed, each once and in order', async () => {
  const { hub, url } = await serve();
  const stream = await listen(url);
  publish(hub, 1);
  await untilCount(stream, 2);
  stream.leave();
  await waitUntil('its end', () => stream.message.destroyed);
  for (const time of [2, 3, 4]) publish(hub, time);

  const again = await listen(url, stream.events.at(-1)?.id);
  publish(hub, 5);
  await untilCount(again, 4);
  expect(timesOf(again)).toEqual([2, 3, 4, 5]);
  expect(names(again)).not.toContain('missed');
});

it.each([
  ['what it missed is not kept any more', 'old'],
  ['its number is of another process', '00000000-1'],
  ['its number is to come yet', 'future'],
  ['its number is none', 'nonsense\u0020or more'],
])('resets one that comes back when %s', async (_, which) => {
  const { hub, url } = await serve({ maxReplayBytes: 300 });
  const stream = await listen(url);
  publish(hub, 1);
  await untilCount(stream, 2);
  const id = stream.events.at(-1)?.id ?? '';
  for (let time = 2; time < 30; time += 1) publish(hub, time);
  const ids: Record<string, string> = { old: id, future: id.replace(/\d+$/, '99999') };
  const again = await listen(url, ids[which] ?? which);
  await untilCount(again, 1);
  expect(names(again)).toEqual(['missed']);
});

it('keeps little for a listener that does not read, resets it when it reads on, and hurts no other', async () => {
  const { hub, url } = await serve({ maxBufferedBytes: 64 * 1024 });
  const slow = await listen(url);
  const other = await listen(url);
  await untilCount(slow, 1);
  slow.message.pause();
  const heapBefore = process.memoryUsage().arrayBuffers;
  const text = 'x'.repeat(50_000);
  for (let time = 1; time <= 400; time += 1) {
    publish(hub, time, { error: text });
    await untilCount(other, time + 1);
  }
  expect(process.memoryUsage().arrayBuffers - heapBefore).toBeLessThan(15_000_000);
  slow.message.resume();
  await waitUntil('a reset', () => names(slow).includes('slow'));
  publish(hub, 401);
  await waitUntil('the newest', () => timesOf(slow).includes(401));

  expect(timesOf(other)).toHaveLength(401);
  expect(timesOf(slow).length).toBeLessThan(400);
  // In order, and nothing left out without a reset.
  const gap = slow.events.findIndex(({ data }) => data.reason === 'slow');
  expect(timesOf(slow)).toEqual(timesOf(slow).toSorted((a, b) => a - b));
  expect(slow.events.slice(1, gap).map(({ data }) => data.at)).toEqual(
    Array.from({ length: gap - 1 }, (_, index) => index + 1),
  );
});

it('refuses more listeners than it has room for, and has room again', async () => {
  const { url } = await serve({ maxListeners: 2 });
  const [first] = await Promise.all([listen(url), listen(url)]);
  expect((await listen(url)).message.statusCode).toBe(503);
  first?.leave();
  await waitUntil('room', async () => (await listen(url)).message.statusCode === 200);
});
