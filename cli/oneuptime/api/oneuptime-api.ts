import { apiKeyCredential } from './credential.ts';
import type { Patience } from './patience.ts';
import { type ApiRequest, sendPatiently } from './send-patiently.ts';

/** The part of OneUptime's REST API that the command needs. */
export interface OneUptimeApi {
  /** All rows, with these fields and `_id`. */
  list(path: string, fields: readonly string[]): Promise<Row[]>;
  read(path: string, id: string, fields: readonly string[]): Promise<Row>;
  /** @returns the id of what was made */
  create(path: string, data: object): Promise<string>;
  update(path: string, id: string, data: object): Promise<void>;
  remove(path: string, id: string): Promise<void>;
}

export type Row = Record<string, unknown> & { _id: string };

export interface OneUptimeApiOptions {
  /** `https://oneuptime.com` */
  origin: string;
  apiKey: string;
  patience: Patience;
}

const PAGE = 100;

/** Each call throws RequestFailed where OneUptime refuses it or does not answer. */
export function createOneUptimeApi({
  origin,
  apiKey,
  patience,
}: OneUptimeApiOptions): OneUptimeApi {
  const credential = apiKeyCredential(apiKey);
  const call = async (
    method: ApiRequest['method'],
    path: string,
    body: object | undefined,
    repeatable: boolean,
  ): Promise<Record<string, unknown>> => {
    const url = `${origin}/api/${path}`;
    const request = { method, url, credential, repeatable, ...(body && { body }) };
    return parse((await sendPatiently(request, patience)).text, url);
  };
  return {
    async list(path, fields) {
      const rows: Row[] = [];
      for (;;) {
        const page = `${path}/get-list?skip=${rows.length}&limit=${PAGE}`;
        const { data } = await call(
          'POST',
          page,
          { query: {}, select: selectOf(fields), sort: {} },
          true,
        );
        if (!Array.isArray(data)) throw new Error(`${origin}/api/${path} answered without a list.`);
        rows.push(...data);
        if (data.length < PAGE) return rows;
      }
    },
    async read(path, id, fields) {
      const row = await call('POST', `${path}/${id}/get-item`, { select: selectOf(fields) }, true);
      return row as Row;
    },
    async create(path, data) {
      const { _id: id } = await call('POST', path, { data }, false);
      return plainId(id) ?? '';
    },
    async update(path, id, data) {
      await call('PUT', `${path}/${id}`, { data }, true);
    },
    async remove(path, id) {
      await call('DELETE', `${path}/${id}`, undefined, true);
    },
  };
}

/** Ids come as text, or as `{ _type: "ObjectID", value }`. */
export function plainId(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const { value: inner } = value as { value?: unknown };
  return typeof inner === 'string' ? inner : undefined;
}

function selectOf(fields: readonly string[]): Record<string, true> {
  return Object.fromEntries(['_id', ...fields].map((field) => [field, true as const]));
}

function parse(text: string, url: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return { ...value };
  } catch {}
  throw new Error(`${url} did not answer in JSON. Is OneUptime at ${new URL(url).origin}?`);
}
