import { Duration, SecretValue } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { TaskFunction, type TaskFunctionProps } from '../../../infra/constructs/task-function.ts';
import { createStack, type Properties, propertiesOf, useFixtureBundles } from '../synthesize.ts';

const bundles = useFixtureBundles();

function create(props: Partial<TaskFunctionProps> = {}, stack = createStack()): TaskFunction {
  return new TaskFunction(stack, 'Function', {
    stage: 'dev',
    bundles: bundles(),
    bundle: 'health',
    description: 'A test',
    timeout: Duration.seconds(10),
    ...props,
  });
}

const templateOf = (props?: Partial<TaskFunctionProps>) =>
  Template.fromStack(create(props).node.scope as ReturnType<typeof createStack>);
const functionOf = (props?: Partial<TaskFunctionProps>): Properties =>
  propertiesOf(templateOf(props), 'AWS::Lambda::Function')[0] ?? {};
const statementsOf = (props?: Partial<TaskFunctionProps>): Properties[] =>
  propertiesOf(templateOf(props), 'AWS::IAM::Policy')[0]?.['PolicyDocument'].Statement;

describe('the defaults', () => {
  let template: Template;
  let made: Properties;
  beforeAll(() => {
    template = templateOf();
    made = propertiesOf(template, 'AWS::Lambda::Function')[0] ?? {};
  });

  it('are Node 24 on arm64, and the bundle as it was built', () => {
    expect(made).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 256,
    });
  });

  it('are JSON logs, all of them: LOG_LEVEL decides', () => {
    expect(made['LoggingConfig']).toMatchObject({
      LogFormat: 'JSON',
      ApplicationLogLevel: 'TRACE',
    });
  });

  it('are a log group of its own, kept for a month', () => {
    const groups = propertiesOf(template, 'AWS::Logs::LogGroup');
    expect(groups).toEqual([{ LogGroupName: '/aws/lambda/dev-health', RetentionInDays: 30 }]);
  });

  it('are a role without any managed policy', () => {
    const roles = propertiesOf(template, 'AWS::IAM::Role');
    expect(roles).toHaveLength(1);
    expect(roles[0]).not.toHaveProperty('ManagedPolicyArns');
  });

  it('let it write to its own log group, and nothing else', () => {
    const [policy] = propertiesOf(template, 'AWS::IAM::Policy');
    expect(policy?.['PolicyDocument'].Statement).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [expect.stringContaining('Logs'), 'Arn'] },
      },
    ]);
  });

  it('do not have Node read source maps: the library reads one when an error is recorded', () => {
    expect(made['Environment'].Variables).not.toHaveProperty('NODE_OPTIONS');
  });

  it('name the app and the stage', () => {
    expect(made['Environment'].Variables).toEqual({
      OTEL_SERVICE_NAME: 'leadline',
      ENVIRONMENT: 'dev',
    });
  });
});

test('the settings of the telemetry are in the environment', () => {
  const variables = functionOf({
    serviceName: 'shop',
    oneuptimeEndpoint: 'https://example.com/otlp',
    metricPrefix: 'celery.',
    environment: { LOG_LEVEL: 'debug' },
  })['Environment'].Variables;
  expect(variables).toEqual({
    OTEL_SERVICE_NAME: 'shop',
    ENVIRONMENT: 'dev',
    ONEUPTIME_ENDPOINT: 'https://example.com/otlp',
    METRIC_PREFIX: 'celery.',
    LOG_LEVEL: 'debug',
  });
});

describe('the token', () => {
  it('is read from exactly the parameter that is named', () => {
    const [, statement] = statementsOf({ oneuptimeTokenParameter: '/leadline/dev/token' });
    expect(statement).toMatchObject({ Action: 'ssm:GetParameter' });
    expect(statement?.['Resource']['Fn::Join'][1].at(-1)).toBe(':parameter/leadline/dev/token');
  });

  it('is read from exactly the secret whose complete ARN is named', () => {
    const stack = createStack();
    const arn = `arn:${stack.partition}:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf`;
    create({ oneuptimeTokenSecret: Secret.fromSecretCompleteArn(stack, 'Secret', arn) }, stack);
    const template = Template.fromStack(stack);
    expect(secretOf(template).resource).toEqual(secretOf(template).variable);
    expect(textOf(secretOf(template).resource)).toMatch(/:secret:token-AbCdEf$/);
  });

  it('is read from exactly the secret that is named without its six last characters', () => {
    const stack = createStack();
    create({ oneuptimeTokenSecret: Secret.fromSecretNameV2(stack, 'Secret', 'a/token') }, stack);
    const { resource, variable } = secretOf(Template.fromStack(stack));
    expect(textOf(resource)).toMatch(/:secret:a\/token-\?{6}$/);
    expect(textOf(variable)).toMatch(/:secret:a\/token$/);
  });

  it('is decrypted with the customer key of its secret', () => {
    const stack = createStack();
    const encryptionKey = new Key(stack, 'SecretKey');
    create({ oneuptimeTokenSecret: new Secret(stack, 'Secret', { encryptionKey }) }, stack);
    const [policy] = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
    expect(policy?.['PolicyDocument'].Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('SecretKey'), 'Arn'] },
    });
  });

  it('is decrypted where a customer key is given, and only there', () => {
    const stack = createStack();
    const parameterKey = new Key(stack, 'Key');
    create({ oneuptimeTokenParameter: '/a/token', parameterKey }, stack);
    const [policy] = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
    expect(policy?.['PolicyDocument'].Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'kms:Decrypt',
      Resource: { 'Fn::GetAtt': [expect.stringContaining('Key'), 'Arn'] },
    });
    const without = JSON.stringify(statementsOf({ oneuptimeTokenParameter: '/a/token' }));
    expect(without).not.toContain('kms:');
  });

  it.each(['ONEUPTIME_TOKEN', 'HEALTH_TOKEN', 'HEARTBEAT_URL'])(
    'in plain text is refused: %s',
    (variable) => {
      expect(() => create({ environment: { [variable]: 'c0ffee' } })).toThrow(
        `${variable} is in environment, in plain text. Put it into an SSM SecureString or a secret`,
      );
    },
  );

  it.each(['01a203a7-0a8e-7573-8921-e9b993d9c19b', 'token', '/a b'])(
    'in the place of its parameter is refused, and is not in the message: %s',
    (token) => {
      const wrong = () => create({ oneuptimeTokenParameter: token });
      expect(wrong).toThrow('has to be the name of an SSM parameter that begins with "/"');
      expect(wrong).not.toThrow(`"${token}"`);
    },
  );

  it.each<[string, () => string]>([
    ['a secret', () => SecretValue.secretsManager('x').unsafeUnwrap()],
    ['a parameter', () => StringParameter.valueForStringParameter(createStack(), '/x')],
  ])('that CloudFormation would read from %s is refused', (_from, reference) => {
    expect(() => create({ oneuptimeTokenParameter: reference() })).toThrow(
      'ONEUPTIME_TOKEN_PARAMETER has to be the name of an SSM parameter, written out',
    );
    const read = (variable: string) => create().readParameter(variable, reference());
    for (const variable of ['HEALTH_TOKEN_PARAMETER', 'HEARTBEAT_URL_PARAMETER']) {
      expect(() => read(variable)).toThrow(`${variable} has to be the name of an SSM parameter`);
    }
  });

  it.each(['OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_EXPORTER_OTLP_TRACES_HEADERS'])(
    'in the headers of %s is refused',
    (variable) => {
      const environment = { [variable]: 'a=b,X-OneUptime-Token=c0ffee' };
      expect(() => create({ environment })).toThrow(
        `${variable} holds x-oneuptime-token, in plain text. Leave the header out, and set oneuptimeTokenParameter`,
      );
    },
  );

  it('by a reference in the place of its secret is refused', () => {
    const stack = createStack();
    const token = SecretValue.secretsManager('x').unsafeUnwrap();
    const oneuptimeTokenSecret = Secret.fromSecretCompleteArn(stack, 'Secret', token);
    expect(() => create({ oneuptimeTokenSecret }, stack)).toThrow(
      'ONEUPTIME_TOKEN_SECRET_ARN has to be the ARN of a secret',
    );
  });

  it('comes from one place', () => {
    const stack = createStack();
    const oneuptimeTokenSecret = Secret.fromSecretNameV2(stack, 'Secret', 'token');
    expect(() => create({ oneuptimeTokenParameter: '/a', oneuptimeTokenSecret }, stack)).toThrow(
      'Set either oneuptimeTokenParameter or oneuptimeTokenSecret, not both.',
    );
  });
});

test('headers of another backend are a warning: they hold tokens', () => {
  const environment = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=c0ffee' };
  const { scope } = create({ environment }).node;
  const [warning] = Annotations.fromStack(scope as ReturnType<typeof createStack>).findWarning(
    '*',
    Match.stringLikeRegexp('OTEL_EXPORTER_OTLP_HEADERS is in environment, in plain text'),
  );
  expect(warning?.entry.data).not.toContain('c0ffee');
  expect(warning).toBeDefined();
});

test.each<[string, Partial<TaskFunctionProps>]>([
  ['memorySize of the function dev-health is 127 MB; set', { memorySize: 127 }],
  ['memorySize of the function dev-health is 10241 MB; set', { memorySize: 10_241 }],
  ['memorySize of the function dev-health is 256.5 MB; set', { memorySize: 256.5 }],
  [
    'timeout of the function dev-health is 901 s; set it to a whole number from 1 to 900 s.',
    { timeout: Duration.seconds(901) },
  ],
  ['timeout of the function dev-health is 0 s; set', { timeout: Duration.seconds(0) }],
  [
    'reservedConcurrentExecutions of the function dev-health is 2.5; set',
    { reservedConcurrentExecutions: 2.5 },
  ],
])('what Lambda would refuse is refused: %s', (message, props) => {
  expect(() => create(props)).toThrow(message);
});

test('what Lambda takes at most is taken', () => {
  const most = { memorySize: 10_240, timeout: Duration.minutes(15) };
  expect(() => create({ ...most, reservedConcurrentExecutions: 0 })).not.toThrow();
});

describe('an environment over 4 KB', () => {
  // The names, and what JSON puts around them and the value.
  const others = JSON.stringify({ OTEL_SERVICE_NAME: 'leadline', ENVIRONMENT: 'dev', LARGE: '' });
  const room = 4096 - others.length;

  it('is refused, with what is large', () => {
    expect(() => create({ environment: { LARGE: 'x'.repeat(room) } })).not.toThrow();
    expect(() => create({ environment: { LARGE: 'x'.repeat(room + 1) } })).toThrow(
      `The environment of dev-health would be 4097 bytes, and Lambda takes 4 KB in all. The largest are LARGE (${room + 3}),`,
    );
  });

  it('is one by what is set later, too', () => {
    const made = create({ environment: { LARGE: 'x'.repeat(room - 10) } });
    expect(() => made.readParameter('HEALTH_TOKEN_PARAMETER', '/a')).toThrow('Lambda takes 4 KB');
  });
});

test('a name that Lambda does not take is refused', () => {
  expect(() => create({ functionName: 'a'.repeat(61) })).toThrow('use 1 to 64 letters, digits');
});

/** Which secret the function may read, and which it is told of. */
function secretOf(template: Template): { resource: unknown; variable: unknown } {
  const [policy] = propertiesOf(template, 'AWS::IAM::Policy');
  const statement = policy?.['PolicyDocument'].Statement.find(
    (each: Properties) => each['Action'] === 'secretsmanager:GetSecretValue',
  );
  const [made] = propertiesOf(template, 'AWS::Lambda::Function');
  return {
    resource: statement?.Resource,
    variable: made?.['Environment'].Variables.ONEUPTIME_TOKEN_SECRET_ARN,
  };
}

/** The text of what is put together, without its references. */
function textOf(value: unknown): string {
  const parts: unknown[] = (value as Properties)['Fn::Join'][1];
  return parts.filter((part) => typeof part === 'string').join('');
}
