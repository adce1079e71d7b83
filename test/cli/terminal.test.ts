import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { openTerminal } from '../../cli/terminal.ts';

function open({ isTTY = true, piped = '', env = {} as Record<string, string> } = {}) {
  const stream = (name: string) => {
    const terminal = { isTTY: isTTY && name !== piped, setRawMode: () => {} };
    return Object.assign(new PassThrough(), terminal);
  };
  const [stdin, stdout, stderr] = [stream('stdin'), stream('stdout'), stream('stderr')];
  const read = (from: PassThrough) => String(from.read() ?? '');
  return {
    stdin,
    stdout,
    terminal: openTerminal({ stdin, stdout, stderr, env } as never),
    out: () => read(stdout),
    err: () => read(stderr),
  };
}

test('colours are for a terminal', () => {
  const { terminal } = open();
  expect(terminal.style('red', 'no')).toBe('\u001b[31mno\u001b[0m');
});

test.each([
  ['stdout', 'stderr'],
  ['stderr', 'stdout'],
] as const)('%s into a file has no colours, %s on the terminal has', (piped, shown) => {
  const { terminal } = open({ piped });
  expect(terminal.style('red', 'no', piped)).toBe('no');
  expect(terminal.style('red', 'no', shown)).toBe('\u001b[31mno\u001b[0m');
});

test.each([
  ['a pipe', { isTTY: false }],
  ['NO_COLOR', { env: { NO_COLOR: '1' } }],
  ['NO_COLOR beside FORCE_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }],
  ['a dumb terminal', { env: { TERM: 'dumb' } }],
])('no colours with %s', (_what, options) => {
  expect(open(options).terminal.style('red', 'no')).toBe('no');
});

test('nobody can be asked through a pipe', () => {
  expect(open({ isTTY: false }).terminal.canAsk).toBe(false);
  expect(open().terminal.canAsk).toBe(true);
});

test('what is typed hidden is not echoed, and what is asked is not in the answer', async () => {
  const { terminal, stdin, out, err } = open();
  const asked = terminal.ask('Key: ', { hidden: true });
  stdin.write('s3cret\r');
  expect(await asked).toBe('s3cret');
  expect(err()).toBe('Key: \n');
  expect(out()).toBe('');
});

test('what is typed openly is echoed', async () => {
  const { terminal, stdin, err } = open();
  const asked = terminal.ask('Sure? ');
  stdin.write('yes\r');
  expect(await asked).toBe('yes');
  expect(err()).toContain('yes');
});

test('an end of the input is an empty answer, and Ctrl-C ends the command', async () => {
  const first = open();
  const asked = first.terminal.ask('Key: ', { hidden: true });
  first.stdin.end();
  expect(await asked).toBe('');
  const second = open();
  const interrupted = second.terminal.ask('Key: ', { hidden: true });
  second.stdin.write('\u0003');
  await expect(interrupted).rejects.toThrow('Interrupted.');
});

test('a reader that has had enough, as head has, is no error, and what goes on can end', () => {
  const { stdout, terminal } = open();
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  expect(terminal.gone.aborted).toBe(false);
  expect(() => stdout.emit('error', closed)).not.toThrow();
  expect(terminal.gone.aborted).toBe(true);
  const full = Object.assign(new Error('write ENOSPC'), { code: 'ENOSPC' });
  expect(() => stdout.emit('error', full)).toThrow('ENOSPC');
});

test('progress is for a terminal on stderr, and leaves nothing on stdout', () => {
  const shown = open({ piped: 'stdout' });
  const progress = shown.terminal.progress('messages moved');
  progress.update(1, 3);
  progress.update(5, 3);
  progress.stop();
  expect(shown.err()).toContain('1 of about 3 messages moved');
  expect(shown.out()).toBe('');
  const piped = open({ piped: 'stderr' });
  const none = piped.terminal.progress('messages moved');
  none.update(1);
  none.stop();
  expect(piped.err()).toBe('');
});

test('only a terminal is drawn over', () => {
  const { terminal, out } = open({ piped: 'stderr' });
  expect(terminal.canRedraw).toBe(true);
  terminal.redraw(['a', 'b']);
  expect(out()).toBe('\u001b[H\u001b[2Ja\nb\n');
  expect(open({ piped: 'stdout' }).terminal.canRedraw).toBe(false);
});
