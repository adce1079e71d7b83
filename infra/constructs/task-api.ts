import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CorsPreflightOptions,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  type HttpRoute,
  HttpStage,
  type IHttpRouteAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { checkNumber } from './check-number.ts';
import { allowPrefix, observeQueues } from './observe-queues.ts';
import { setQueuesVariable } from './queues-variable.ts';
import { createAuthorizer, type TaskApiAuth } from './task-api-auth.ts';
import { TaskFunction, type TaskFunctionOptions } from './task-function.ts';
import type { ITaskQueue } from './task-queue.ts';
import type { TaskTable } from './task-table.ts';
import type { TaskWorker } from './task-worker.ts';

export interface TaskApiProps extends TaskFunctionOptions {
  /** Of the tasks with `http: true`. Without any there is no `POST /tasks/{task}`. */
  readonly queues: readonly ITaskQueue[];
  /** What `GET /health` and `GET /metrics` look at. */
  readonly workers: readonly TaskWorker[];
  /** `none`, an API open to everybody, has to be written out. @default 'iam', SigV4 */
  readonly auth?: TaskApiAuth;
  /** Name of the SSM SecureString with the bearer token of `/health` and `/metrics`. */
  readonly healthTokenParameter: string;
  /** Requests a second. @default 500 */
  readonly rateLimit?: number;
  /** Requests at once. @default 1000 */
  readonly burstLimit?: number;
  /** @default - no CORS */
  readonly cors?: CorsPreflightOptions;
  /** See `QueueDepthSchedule`. @default false */
  readonly discoverQueues?: boolean;
  /** With it there are `GET` and `DELETE /tasks/{id}`. @default - no task state */
  readonly taskTable?: TaskTable;
}

/** The HTTP API: `POST /tasks/{task}`, `GET` and `DELETE /tasks/{id}`, `/health` and `/metrics`. */
export class TaskApi extends Construct {
  readonly api: HttpApi;
  readonly url: string;
  /** Absent where no task is enqueued over HTTP. */
  readonly enqueueFunction: TaskFunction | undefined;
  readonly healthFunction: TaskFunction;
  private readonly taskRoutes: readonly HttpRoute[];

  /** @throws Error for an `auth` that would leave the API open without saying so. */
  constructor(scope: Construct, id: string, props: TaskApiProps) {
    super(scope, id);
    const { auth = 'iam', stage, cors } = props;
    checkNumber('rateLimit of the API', props.rateLimit, { from: 1, fraction: true });
    checkNumber('burstLimit of the API', props.burstLimit, { from: 1 });
    const authorizer = createAuthorizer(auth);
    if (props.queues.length > 0) this.enqueueFunction = this.createEnqueueFunction(props);
    this.healthFunction = this.createHealthFunction(props);
    this.api = new HttpApi(this, 'Api', {
      apiName: `${stage}-tasks`,
      createDefaultStage: false,
      ...(cors && { corsPreflight: cors }),
    });
    this.url = this.createStage(props).url;
    this.taskRoutes = this.addTaskRoutes(props, authorizer);
    this.addHealthRoutes();
  }

  /**
   * Lets a role call every route below `/tasks`, for an API with `auth: 'iam'`.
   *
   * @throws Error when no task is enqueued over HTTP.
   */
  grantEnqueue(grantee: IGrantable): void {
    if (this.taskRoutes.length === 0) {
      throw new Error('There is no POST /tasks/{task}: no task has http: true. Set it on one.');
    }
    for (const route of this.taskRoutes) route.grantInvoke(grantee);
  }

  private addTaskRoutes(
    { auth = 'iam', taskTable }: TaskApiProps,
    authorizer: IHttpRouteAuthorizer,
  ): HttpRoute[] {
    if (this.enqueueFunction === undefined) return [];
    const scopes = typeof auth === 'object' ? auth.scopes : undefined;
    const common = {
      integration: new HttpLambdaIntegration('Enqueue', this.enqueueFunction.function),
      authorizer,
      ...(scopes && { authorizationScopes: [...scopes] }),
    };
    const enqueue = { path: '/tasks/{task}', methods: [HttpMethod.POST] };
    const state = { path: '/tasks/{id}', methods: [HttpMethod.GET, HttpMethod.DELETE] };
    const routes = (taskTable ? [enqueue, state] : [enqueue]).flatMap((each) =>
      this.api.addRoutes({ ...common, ...each }),
    );
    if (auth === 'none') {
      acknowledgeOpenRoutes(routes, "auth: 'none' was written out by the app.");
    }
    return routes;
  }

  private addHealthRoutes(): void {
    const integration = new HttpLambdaIntegration('Health', this.healthFunction.function);
    for (const path of ['/health', '/metrics']) {
      const routes = this.api.addRoutes({
        path,
        methods: [HttpMethod.GET, HttpMethod.HEAD],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      });
      acknowledgeOpenRoutes(
        routes,
        'Load balancers and Prometheus send a bearer token and no SigV4: the function compares it.',
      );
    }
  }

  private createEnqueueFunction(props: TaskApiProps): TaskFunction {
    const taskFunction = new TaskFunction(this, 'EnqueueTask', {
      ...props,
      bundle: 'enqueue-task',
      description: props.taskTable
        ? 'POST /tasks/{task}, GET and DELETE /tasks/{id}'
        : 'POST /tasks/{task}',
      // GET may wait 20 s for a result, and the API gives up after 30 s.
      timeout: Duration.seconds(props.taskTable ? 29 : 10),
    });
    props.taskTable?.allowEnqueue(taskFunction);
    for (const { queue } of props.queues) taskFunction.allowSend(queue);
    setQueuesVariable(
      taskFunction,
      props.queues.map((queue) => ({ queue })),
      'It gets those whose tasks have http: true: put these tasks on fewer queues.',
    );
    return taskFunction;
  }

  private createHealthFunction(props: TaskApiProps): TaskFunction {
    const taskFunction = new TaskFunction(this, 'Health', {
      ...props,
      bundle: 'health',
      description: 'GET /health and GET /metrics',
      timeout: Duration.seconds(15),
    });
    taskFunction.readParameter('HEALTH_TOKEN_PARAMETER', props.healthTokenParameter);
    observeQueues(taskFunction, props);
    const { workers, stage, discoverQueues = false } = props;
    if (!discoverQueues) {
      taskFunction.allow(
        ['lambda:GetEventSourceMapping'],
        workers.map(({ mapping }) => mapping.eventSourceMappingArn),
      );
      taskFunction.allow(
        ['lambda:GetFunctionConfiguration'],
        workers.map((worker) => worker.function.function.functionArn),
      );
      return taskFunction;
    }
    taskFunction.allow(['lambda:GetEventSourceMapping'], ['*']);
    allowPrefix(taskFunction, 'lambda:GetFunctionConfiguration', {
      service: 'lambda',
      resource: `function:${stage}-*`,
    });
    return taskFunction;
  }

  private createStage({ stage, logRetention, rateLimit, burstLimit }: TaskApiProps): HttpStage {
    const accessLog = new LogGroup(this, 'AccessLog', {
      // With this prefix API Gateway needs no resource policy, of which an account has ten.
      logGroupName: `/aws/vendedlogs/${stage}-tasks-api`,
      retention: logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    return new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: rateLimit ?? 500, burstLimit: burstLimit ?? 1000 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(accessLog),
        format: AccessLogFormat.custom(JSON.stringify(ACCESS_LOG)),
      },
    });
  }
}

/** No body, no header, and of the caller no more than the address. */
const ACCESS_LOG = {
  requestId: '$context.requestId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  routeKey: '$context.routeKey',
  path: '$context.path',
  status: '$context.status',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  error: '$context.error.message',
  integrationError: '$context.integrationErrorMessage',
};

function acknowledgeOpenRoutes(routes: readonly HttpRoute[], reason: string): void {
  for (const route of routes) {
    Validations.of(route).acknowledge({ id: 'AwsSolutions-APIG4', reason });
  }
}
