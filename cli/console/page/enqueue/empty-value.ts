import type { AttributeJson } from '../../console-api.ts';
import type { Field } from './read-schema.ts';

/** What a new element of a list begins with. */
export function emptyValue(field: Field): AttributeJson {
  switch (field.kind) {
    case 'text':
      return '';
    case 'number':
      return 0;
    case 'boolean':
      return false;
    case 'list':
      return [];
    case 'choice':
      return field.options[0] ?? null;
    case 'object':
      return Object.fromEntries(
        field.properties
          .filter(({ required }) => required)
          .map(({ key, field: property }) => [key, emptyValue(property)]),
      );
    case 'json':
      return null;
  }
}
