/** A CloudFormation template, as far as it is read. */
export interface Template {
  Resources: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  Type: string;
  Properties?: Readonly<Record<string, unknown>>;
  Metadata?: Readonly<Record<string, unknown>>;
}

/** One resource with its logical id. */
export interface Resource {
  id: string;
  properties: Readonly<Record<string, unknown>>;
  metadata: Readonly<Record<string, unknown>>;
}

export function resourcesOf({ Resources }: Template, type: string): Resource[] {
  return Object.entries(Resources)
    .filter(([, { Type }]) => Type === type)
    .map(([id, { Properties = {}, Metadata = {} }]) => ({
      id,
      properties: Properties,
      metadata: Metadata,
    }));
}
