import type { EventSourceMapping } from '../event-source-mapping/event-source-mapping.ts';
import type { EventSourceMappingDescription } from '../stack-description.ts';
import { type LambdaAccount, names } from './find-function.ts';
import { LambdaRefusal } from './lambda-refusal.ts';
import { type MappedQueue, mappingConfiguration } from './mapping-configuration.ts';

export interface EventSourceMappingsOptions {
  mappings: readonly {
    description: EventSourceMappingDescription;
    queueArn: string;
    running: EventSourceMapping;
  }[];
  account: LambdaAccount;
}

/** The actions on event source mappings. @throws LambdaRefusal */
export interface EventSourceMappings {
  get(uuid: string): object;
  list(query: URLSearchParams): object;
  update(uuid: string, input: Record<string, unknown>): object;
}

const MAX_ITEMS = 100;

export function createEventSourceMappings(
  options: EventSourceMappingsOptions,
): EventSourceMappings {
  const { account } = options;
  const createdAt = Date.now();
  const mappings: MappedQueue[] = options.mappings.map((one) => ({
    ...one,
    modifiedAt: createdAt,
  }));

  function find(uuid: string): MappedQueue {
    const found = mappings.find(({ description }) => description.uuid === uuid);
    if (found !== undefined) return found;
    throw new LambdaRefusal(
      404,
      'ResourceNotFoundException',
      'The resource you requested does not exist.',
    );
  }

  return {
    get: (uuid) => mappingConfiguration(find(uuid), account),
    list(query) {
      const queueArn = query.get('EventSourceArn');
      const functionName = query.get('FunctionName');
      const matching = mappings.filter(
        (mapping) =>
          (queueArn === null || mapping.queueArn === queueArn) &&
          (functionName === null || names(functionName, mapping.description.functionName, account)),
      );
      const start = readMarker(query.get('Marker'));
      const end = start + readMaxItems(query.get('MaxItems'));
      return {
        EventSourceMappings: matching
          .slice(start, end)
          .map((mapping) => mappingConfiguration(mapping, account)),
        NextMarker: end < matching.length ? writeMarker(end) : null,
      };
    },
    update(uuid, { Enabled: enabled, ...others }) {
      const mapping = find(uuid);
      const [unknown] = Object.keys(others).filter((name) => name !== 'UUID');
      if (unknown !== undefined) invalid(`Only Enabled can be changed here, not ${unknown}.`);
      if (enabled === undefined) return mappingConfiguration(mapping, account);
      if (typeof enabled !== 'boolean') invalid('Enabled has to be true or false.');
      if (enabled === mapping.running.enabled) return mappingConfiguration(mapping, account);
      mapping.modifiedAt = Date.now();
      if (enabled) mapping.running.enable();
      // Resolves when its batches are done; until then the state says so.
      else void mapping.running.disable();
      return mappingConfiguration(mapping, account, enabled ? 'Enabling' : 'Disabling');
    },
  };
}

function readMaxItems(given: string | null): number {
  if (given === null) return MAX_ITEMS;
  const count = Number(given);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    invalid(`MaxItems has to be 1 to 10000, and not ${given}.`);
  }
  return Math.min(count, MAX_ITEMS);
}

function writeMarker(position: number): string {
  return Buffer.from(`from ${position}`).toString('base64url');
}

function readMarker(given: string | null): number {
  if (given === null) return 0;
  const position = /^from (\d{1,9})$/.exec(Buffer.from(given, 'base64url').toString())?.[1];
  if (position === undefined) invalid('Invalid pagination token.');
  return Number(position);
}

function invalid(message: string): never {
  throw new LambdaRefusal(400, 'InvalidParameterValueException', message);
}
