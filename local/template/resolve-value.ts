import type { StackAddresses } from '../stack-description.ts';
import type { Template } from './template.ts';

/** Gives values of a template's properties the form that they have once they are deployed. */
export type ResolveValue = (value: unknown) => unknown;

/** Where the local stack is. */
export const PLACE = { partition: 'aws', region: 'us-east-1', accountId: '000000000000' };

/**
 * Evaluates Ref, Fn::GetAtt, Fn::Join and Fn::Sub, of the resources that the local stack has.
 *
 * @throws Error for anything else, with what it was.
 */
export function createResolveValue(
  { Resources }: Template,
  { queueUrl }: StackAddresses,
): ResolveValue {
  const nameOf = (id: string, property: string) => String(Resources[id]?.Properties?.[property]);
  const ref = (id: string): string => {
    const pseudo = PSEUDO_PARAMETERS[id];
    if (pseudo !== undefined) return pseudo;
    switch (Resources[id]?.Type) {
      case 'AWS::SQS::Queue':
        return queueUrl(nameOf(id, 'QueueName'));
      case 'AWS::Lambda::Function':
        return nameOf(id, 'FunctionName');
      case 'AWS::DynamoDB::Table':
        return nameOf(id, 'TableName');
      // Its UUID, which AWS makes: here the logical id.
      case 'AWS::Lambda::EventSourceMapping':
        return id;
      default:
        throw unknown(`Ref of ${id}`, Resources[id]?.Type);
    }
  };
  const attribute = (id: string, name: string): string => {
    const type = Resources[id]?.Type;
    if (name === 'Arn' && type === 'AWS::SQS::Queue') {
      return arn('sqs', nameOf(id, 'QueueName'));
    }
    if (name === 'QueueName' && type === 'AWS::SQS::Queue') return nameOf(id, 'QueueName');
    // Nobody asks for its rights here; CloudFormation makes its name.
    if (name === 'Arn' && type === 'AWS::IAM::Role') {
      return `arn:${PLACE.partition}:iam::${PLACE.accountId}:role/${id}`;
    }
    if (name === 'Arn' && type === 'AWS::Lambda::Function') {
      return arn('lambda', `function:${nameOf(id, 'FunctionName')}`);
    }
    if (name === 'Arn' && type === 'AWS::DynamoDB::Table') {
      return arn('dynamodb', `table/${nameOf(id, 'TableName')}`);
    }
    throw unknown(`Fn::GetAtt of ${id}.${name}`, type);
  };
  const resolve: ResolveValue = (value) => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const [[key, argument] = ['', undefined], ...rest] = Object.entries(value);
    if (rest.length === 0 && key === 'Ref') return ref(String(argument));
    if (rest.length === 0 && key.startsWith('Fn::')) return evaluate(key, argument);
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each)]));
  };
  const evaluate = (name: string, argument: unknown): unknown => {
    if (name === 'Fn::GetAtt') {
      const [id = '', attributeName = ''] = argument as string[];
      return attribute(id, attributeName);
    }
    if (name === 'Fn::Join') {
      const [separator = '', parts] = argument as [string, unknown[]];
      return parts.map((part) => String(resolve(part))).join(separator);
    }
    if (name === 'Fn::Sub' && typeof argument === 'string') {
      return argument.replace(/\$\{([^!}]+)\}/g, (_, id: string) =>
        id.includes('.') ? attribute(...splitAttribute(id)) : ref(id),
      );
    }
    throw unknown(name, undefined);
  };
  return resolve;
}

const PSEUDO_PARAMETERS: Readonly<Record<string, string>> = {
  'AWS::Partition': PLACE.partition,
  'AWS::Region': PLACE.region,
  'AWS::AccountId': PLACE.accountId,
  'AWS::URLSuffix': 'amazonaws.com',
};

function arn(service: string, resource: string): string {
  return `arn:${PLACE.partition}:${service}:${PLACE.region}:${PLACE.accountId}:${resource}`;
}

function splitAttribute(text: string): [string, string] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

function unknown(what: string, type: string | undefined): Error {
  const of = type === undefined ? '' : ` (${type})`;
  return new Error(`The local stack cannot follow ${what}${of} in the template of infra/.`);
}
