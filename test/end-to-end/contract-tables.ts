import { readFileSync } from 'node:fs';

/** The tables of docs/telemetry.md. */
export interface ContractTables {
  resource: ResourceRow[];
  spans: SpanRow[];
  metrics: MetricRow[];
  logs: LogRow[];
}

interface Row {
  /** As the table has it. */
  label: string;
  /** Attributes that every one has. */
  always: string[];
  /** Attributes that depend on something. */
  when: string[];
}

export type ResourceRow = Pick<Row, 'label'> & { always: boolean };
export type SpanRow = Row & { name: RegExp; kind: string };
export type MetricRow = Row & { type: string; unit: string };
export type LogRow = Row & { body: RegExp; level: string };

/** What `<worker function>` and `<depth function>` stand for. */
export interface FunctionNames {
  worker: readonly string[];
  depth: readonly string[];
}

export function readContractTables(functionNames: FunctionNames): ContractTables {
  const text = readFileSync(new URL('../../docs/telemetry.md', import.meta.url), 'utf8');
  const table = (heading: string) => readTable(text, heading);
  const pattern = (name: string) => toPattern(name, functionNames);
  return {
    resource: table('Resource').map(([name = '', , when = '']) => ({
      label: firstCode(name),
      always: when === 'always',
    })),
    spans: table('Spans').map(([name = '', kind = '', , always = '', when = '']) => ({
      label: `${firstCode(name)} (${kind})`,
      name: pattern(firstCode(name)),
      kind,
      ...attributes(always, when),
    })),
    metrics: table('Metrics').map(([name = '', type = '', unit = '', always = '', when = '']) => ({
      label: firstCode(name),
      type,
      unit: firstCode(unit),
      ...attributes(always, when),
    })),
    logs: table('Logs').map(([body = '', level = '', always = '', when = '']) => ({
      label: firstCode(body),
      body: pattern(firstCode(body)),
      level,
      ...attributes(always, when),
    })),
  };
}

/** The cells of a section's last table, without its heading. */
function readTable(text: string, heading: string): string[][] {
  const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
  const tables = section.split('\n\n').filter((block) => block.startsWith('|'));
  const rows = (tables.at(-1) ?? '').split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function attributes(always: string, when: string): Pick<Row, 'always' | 'when'> {
  // `condition: attributes; condition: attributes`, where a condition may hold code too.
  const parts = when.split(';').map((part) => part.slice(part.lastIndexOf(': ') + 1));
  return { always: codes(always), when: parts.flatMap(codes) };
}

function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

function firstCode(cell: string): string {
  return codes(cell)[0] ?? cell;
}

/** `<queue>` is one word, `<worker function>` a worker's name, anything else in brackets is any text. */
function toPattern(name: string, { worker, depth }: FunctionNames): RegExp {
  const placeholders = name.split(/(<[^>]+>)/).map((part) => {
    if (part === '<queue>') return '[a-z]+';
    if (part === '<worker function>') return `(?:${worker.join('|')})`;
    if (part === '<depth function>') return `(?:${depth.join('|')})`;
    return part.startsWith('<') ? '.+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${placeholders.join('')}$`);
}
