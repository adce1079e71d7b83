import { Template } from 'aws-cdk-lib/assertions';
import { CorsHttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { TaskApiAuth } from '../../../infra/constructs/task-api-auth.ts';
import type { TaskApiSettings } from '../../../infra/constructs/task-queues-props.ts';
import {
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from '../synthesize.ts';

const bundles = useFixtureBundles();

const create = (api: TaskApiSettings = {}) =>
  taskQueues({
    bundles: bundles(),
    tasks: [task({ http: true })],
    queues: { default: {}, low: {} },
    api,
  });
const routesOf = (template: Template): Record<string, Properties> =>
  Object.fromEntries(
    propertiesOf(template, 'AWS::ApiGatewayV2::Route').map((route) => [route['RouteKey'], route]),
  );

describe('by default', () => {
  let template: Template;
  beforeAll(() => {
    template = Template.fromStack(create().stack);
  });

  it('there are these routes and no others', () => {
    expect(Object.keys(routesOf(template)).toSorted()).toEqual([
      'GET /health',
      'GET /metrics',
      'HEAD /health',
      'HEAD /metrics',
      'POST /tasks/{task}',
    ]);
  });

  it('a caller of /tasks signs with SigV4', () => {
    expect(routesOf(template)['POST /tasks/{task}']?.['AuthorizationType']).toBe('AWS_IAM');
  });

  it('/health and /metrics have no authorizer: the function compares a token', () => {
    const routes = Object.entries(routesOf(template)).filter(([key]) => !key.includes('/tasks'));
    expect(routes.map(([, route]) => route['AuthorizationType'])).toEqual(Array(4).fill('NONE'));
    const [health] = propertiesOf(template, 'AWS::Lambda::Function', {
      FunctionName: 'dev-health',
    });
    const variables = health?.['Environment'].Variables;
    expect(variables.HEALTH_TOKEN_PARAMETER).toBe('/leadline/dev/health-token');
    expect(variables).not.toHaveProperty('HEALTH_TOKEN');
  });

  it('requests are throttled', () => {
    const [stage] = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.['DefaultRouteSettings']).toEqual({
      ThrottlingBurstLimit: 1000,
      ThrottlingRateLimit: 500,
    });
  });

  it('requests are logged, without bodies and headers', () => {
    const [stage] = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
    const { Format } = stage?.['AccessLogSettings'] ?? {};
    expect(Object.keys(JSON.parse(Format))).toContain('status');
    expect(Format).not.toMatch(/body|header|authorizer|userAgent/i);
  });

  it('they are logged where API Gateway may write without a resource policy, for a month', () => {
    const [stage] = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
    const [id] = stage?.['AccessLogSettings'].DestinationArn['Fn::GetAtt'] ?? [];
    expect(template.findResources('AWS::Logs::LogGroup')[id]?.['Properties']).toEqual({
      LogGroupName: '/aws/vendedlogs/dev-tasks-api',
      RetentionInDays: 30,
    });
  });

  it('is served at the URL that is an output', () => {
    const [api] = propertiesOf(template, 'AWS::ApiGatewayV2::Api');
    expect(api?.['DisableExecuteApiEndpoint'] ?? false).toBe(false);
  });

  it.each([
    ['dev-enqueue-task', 10],
    ['dev-health', 15],
  ])('%s answers within %d s, below the 30 s of the API', (FunctionName, seconds) => {
    const [made] = propertiesOf(template, 'AWS::Lambda::Function', { FunctionName });
    expect(made?.['Timeout']).toBe(seconds);
  });

  it('there is no CORS', () => {
    const [api] = propertiesOf(template, 'AWS::ApiGatewayV2::Api');
    expect(api).not.toHaveProperty('CorsConfiguration');
  });

  it('events have the payload format that the function reads', () => {
    const integrations = propertiesOf(template, 'AWS::ApiGatewayV2::Integration');
    expect(integrations.map((each) => each['PayloadFormatVersion'])).toEqual(['2.0', '2.0']);
  });

  it('enqueue-task knows the URL of each queue that HTTP may send to, and no more of it', () => {
    const [enqueue] = propertiesOf(template, 'AWS::Lambda::Function', {
      FunctionName: 'dev-enqueue-task',
    });
    const parts: unknown[] = enqueue?.['Environment'].Variables.QUEUES['Fn::Join'][1];
    const value = parts.map((part) => (typeof part === 'string' ? part : 'url')).join('');
    expect(JSON.parse(value)).toEqual({ default: { url: 'url' } });
  });
});

describe('with task state', () => {
  const withState = (api: TaskApiSettings = {}) =>
    taskQueues({ bundles: bundles(), tasks: [task({ http: true })], taskState: true, api });
  const STATE_ROUTES = ['GET /tasks/{id}', 'DELETE /tasks/{id}'];

  it('there are GET and DELETE of /tasks/{id}, which enqueue-task answers', () => {
    const template = Template.fromStack(withState().stack);
    const routes = routesOf(template);
    expect(Object.keys(routes)).toHaveLength(7);
    for (const key of STATE_ROUTES) {
      expect(routes[key]?.['Target']).toEqual(routes['POST /tasks/{task}']?.['Target']);
    }
  });

  it('API Gateway may call enqueue-task for each of its routes', () => {
    const template = Template.fromStack(withState().stack);
    const [enqueue] = Object.entries(template.findResources('AWS::Lambda::Function')).find(
      ([, { Properties }]) => Properties.FunctionName === 'dev-enqueue-task',
    ) ?? [''];
    const permissions = propertiesOf(template, 'AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [enqueue, 'Arn'] },
    });
    const paths = permissions.map(({ SourceArn }) => SourceArn['Fn::Join'][1].at(-1));
    expect(paths).toEqual(['/*/*/tasks/{task}', '/*/*/tasks/{id}', '/*/*/tasks/{id}']);
  });

  it('who may POST may GET and DELETE, and nobody else', () => {
    const auth = { issuer: 'https://example.com', audience: ['tasks'], scopes: ['enqueue'] };
    for (const each of ['iam', 'none', auth] as const) {
      const routes = routesOf(Template.fromStack(withState({ auth: each }).stack));
      const { AuthorizationType, AuthorizationScopes, AuthorizerId } =
        routes['POST /tasks/{task}'] ?? {};
      for (const key of STATE_ROUTES) {
        expect(routes[key]?.['AuthorizationType']).toBe(AuthorizationType);
        expect(routes[key]?.['AuthorizationScopes']).toEqual(AuthorizationScopes);
        expect(routes[key]?.['AuthorizerId']).toEqual(AuthorizerId);
      }
    }
  });

  it('enqueue-task may wait for a result, below the 30 s of the API', () => {
    const [made] = propertiesOf(Template.fromStack(withState().stack), 'AWS::Lambda::Function', {
      FunctionName: 'dev-enqueue-task',
    });
    expect(made?.['Timeout']).toBe(29);
  });

  it('grantEnqueue lets a role GET and DELETE a task, too', () => {
    const { stack, all } = withState();
    const assumedBy = new ServicePrincipal('ec2.amazonaws.com');
    all.api?.grantEnqueue(new Role(stack, 'Caller', { assumedBy }));
    const policies = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
    const policy = policies.find(({ PolicyName }) => PolicyName.startsWith('Caller'));
    for (const path of ['POST', 'GET', 'DELETE'].map((method) => `/*/${method}/tasks/*`)) {
      expect(JSON.stringify(policy?.['PolicyDocument'])).toContain(path);
    }
  });
});

test('with a JWT, issuer, audience and scopes are asked for', () => {
  const auth = { issuer: 'https://example.com', audience: ['tasks'], scopes: ['enqueue'] };
  const template = Template.fromStack(create({ auth }).stack);
  expect(routesOf(template)['POST /tasks/{task}']).toMatchObject({
    AuthorizationType: 'JWT',
    AuthorizationScopes: ['enqueue'],
  });
  const [authorizer] = propertiesOf(template, 'AWS::ApiGatewayV2::Authorizer');
  expect(authorizer?.['JwtConfiguration']).toEqual({
    Audience: ['tasks'],
    Issuer: 'https://example.com',
  });
});

test("auth: 'none', written out, opens /tasks", () => {
  const routes = routesOf(Template.fromStack(create({ auth: 'none' }).stack));
  expect(routes['POST /tasks/{task}']?.['AuthorizationType']).toBe('NONE');
});

test.each([
  [''],
  ['open'],
  [null],
  [{}],
  [{ issuer: 'https://example.com', audience: [] }],
  [{ issuer: 'example.com', audience: ['a'] }],
])('an API that would be open without saying so is refused: %j', (auth) => {
  expect(() => create({ auth: auth as TaskApiAuth })).toThrow(
    `auth of the API is ${JSON.stringify(auth)}, which would leave it open. Use 'iam'`,
  );
});

test('there is no POST /tasks where no task may be enqueued over HTTP', () => {
  const { stack, all } = taskQueues({ bundles: bundles(), tasks: [task()] });
  const template = Template.fromStack(stack);
  expect(Object.keys(routesOf(template))).not.toContain('POST /tasks/{task}');
  expect(
    propertiesOf(template, 'AWS::Lambda::Function', { FunctionName: 'dev-enqueue-task' }),
  ).toEqual([]);
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  expect(() => all.api?.grantEnqueue(role)).toThrow(
    'There is no POST /tasks/{task}: no task has http: true.',
  );
});

test('more queues of tasks with http: true than QUEUES holds are refused, with what to do', () => {
  const tasks = Array.from({ length: 40 }, (_, index) =>
    task({ name: `task_${index}`, queue: `queue-${index}`, http: index < 35 }),
  );
  const many = (all: typeof tasks) => () =>
    taskQueues({ bundles: bundles(), tasks: all, discoverQueues: true });
  expect(many(tasks)).toThrow(
    /QUEUES of dev-enqueue-task would be \d{4} bytes with 35 queues.* It gets those whose tasks have http: true: put these tasks on fewer queues./,
  );
  expect(many(tasks.slice(10))).not.toThrow();
});

test("'none' is no token for /health and /metrics", () => {
  const open = () =>
    taskQueues({ bundles: bundles(), oneuptime: { healthTokenParameter: 'none' } });
  expect(open).toThrow('HEALTH_TOKEN_PARAMETER has to be the name of an SSM parameter');
});

test.each<[string, TaskApiSettings]>([
  ['rateLimit of the API is 0; set it to a number of 1 or more.', { rateLimit: 0 }],
  ['rateLimit of the API is NaN; set', { rateLimit: Number.NaN }],
  ['burstLimit of the API is 1.5; set it to a whole number of 1 or more.', { burstLimit: 1.5 }],
  ['burstLimit of the API is -1; set', { burstLimit: -1 }],
])('a throttle that AWS would refuse is refused: %s', (message, api) => {
  expect(() => create(api)).toThrow(message);
});

test('CORS is on where it is asked for', () => {
  const cors = { allowOrigins: ['https://example.com'], allowMethods: [CorsHttpMethod.POST] };
  const [api] = propertiesOf(Template.fromStack(create({ cors }).stack), 'AWS::ApiGatewayV2::Api');
  expect(api?.['CorsConfiguration']).toMatchObject({ AllowOrigins: ['https://example.com'] });
});

test('grantEnqueue lets a role call POST /tasks/{task}, and nothing else', () => {
  const { stack, all } = create();
  const role = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  all.api?.grantEnqueue(role);
  const policies = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
  const policy = policies.find(({ PolicyName }) => PolicyName.startsWith('Caller'));
  const [statement, ...others] = policy?.['PolicyDocument'].Statement ?? [];
  expect(others).toEqual([]);
  expect(statement).toMatchObject({ Action: 'execute-api:Invoke', Effect: 'Allow' });
  expect(JSON.stringify(statement.Resource)).toContain('/*/POST/tasks/*');
});
