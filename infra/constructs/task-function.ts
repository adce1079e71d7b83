import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  ApplicationLogLevel,
  Architecture,
  type CfnFunction,
  Function as LambdaFunction,
  LoggingFormat,
  type RecursiveLoop,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { checkEnvironmentSize, refusePlainTokens, warnOfHeaders } from './check-environment.ts';
import { checkNumber } from './check-number.ts';
import { checkParameterName } from './check-parameter-name.ts';
import { checkSecret } from './check-secret.ts';
import { readFunctionBundle } from './function-bundle.ts';

/** What every function of a stage has in common. */
export interface TaskFunctionOptions {
  /** Begins every physical name: functions are `<stage>-<name>`. */
  readonly stage: string;
  /** The folder that `leadline build` writes. @default 'dist/functions' */
  readonly bundles?: string;
  /** `service.name` of the telemetry. @default 'leadline' */
  readonly serviceName?: string;
  /** OTLP base. @default - https://oneuptime.com/otlp */
  readonly oneuptimeEndpoint?: string;
  /**
   * Name of the SSM SecureString with the token, `/leadline/dev/oneuptime-token`. Make it before
   * the first deployment: CloudFormation cannot make a SecureString.
   *
   * @default - no token: nothing is exported to OneUptime
   */
  readonly oneuptimeTokenParameter?: string;
  /** The secret with the token, in place of the parameter. @default - the parameter */
  readonly oneuptimeTokenSecret?: ISecret | Secret;
  /**
   * The customer key that encrypts the parameters, or a secret that does not tell its own.
   *
   * @default - AWS's own key
   */
  readonly parameterKey?: IKey;
  /** Put before the names of metrics. @default - nothing */
  readonly metricPrefix?: string;
  /** @default - nothing besides what Leadline sets */
  readonly environment?: Record<string, string>;
  /** @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
}

export interface TaskFunctionProps extends TaskFunctionOptions {
  /** Name of the bundle: `process-tasks`. */
  readonly bundle: string;
  /** The function's name without the stage. @default - the bundle's */
  readonly functionName?: string;
  readonly description: string;
  readonly timeout: Duration;
  /** In MB; the share of a CPU grows with it. @default 256 */
  readonly memorySize?: number;
  /** Takes them from what the account has. @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
  /** What Lambda does after 16 hops of one chain of messages. @default RecursiveLoop.TERMINATE */
  readonly recursiveLoop?: RecursiveLoop;
}

/** A Lambda function that runs a bundle of `leadline build`, with a role and a log group of its own. */
export class TaskFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  readonly functionName: string;
  readonly timeout: Duration;
  private readonly parameterKey: IKey | undefined;
  private readonly variables: Record<string, string> = {};

  /** @throws Error for a missing or stale bundle, a token in plain text, and what Lambda refuses. */
  constructor(scope: Construct, id: string, props: TaskFunctionProps) {
    super(scope, id);
    const { stage, bundle, bundles = 'dist/functions', environment = {} } = props;
    const { logRetention = RetentionDays.ONE_MONTH, memorySize = 256, timeout } = props;
    refusePlainTokens(environment);
    this.functionName = checkName(`${stage}-${props.functionName ?? bundle}`);
    const of = `of the function ${this.functionName}`;
    checkNumber(`memorySize ${of}`, memorySize, { from: 128, to: 10_240, unit: ' MB' });
    checkNumber(`timeout ${of}`, timeout.toSeconds(), { from: 1, to: 900, unit: ' s' });
    const reserved = props.reservedConcurrentExecutions;
    checkNumber(`reservedConcurrentExecutions ${of}`, reserved, { from: 0 });
    warnOfHeaders(this, environment);
    this.timeout = timeout;
    this.parameterKey = props.parameterKey;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    const logGroup = new LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${this.functionName}`,
      retention: logRetention,
      // One that stays behind would be in the way of the next deployment of the same name.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    logGroup.grantWrite(this.role);
    this.function = new LambdaFunction(this, 'Function', {
      functionName: this.functionName,
      description: props.description,
      code: readFunctionBundle(bundles, bundle),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // LOG_LEVEL decides. Lambda's own filter would drop what it lets through, and INFO is its default.
      applicationLogLevelV2: ApplicationLogLevel.TRACE,
      memorySize,
      timeout,
      ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
      ...(props.recursiveLoop && { recursiveLoop: props.recursiveLoop }),
    });
    const variables = { ...commonEnvironment(props), ...environment };
    for (const [name, value] of Object.entries(variables)) this.setVariable(name, value);
    // Tells in the template which bundle it runs: the local stack is made from it.
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.addMetadata('leadline:bundle', bundle);
    this.readToken(props);
  }

  /**
   * Sets a variable of the environment.
   *
   * @param longest what counts as its value, where that is known to CloudFormation alone.
   * @throws Error when all variables together are over Lambda's limit of 4 KB.
   */
  setVariable(name: string, value: string, longest: string = value): void {
    this.variables[name] = longest;
    checkEnvironmentSize(this.functionName, this.variables);
    this.function.addEnvironment(name, value);
  }

  allow(actions: string[], resources: string[]): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources }));
  }

  allowSend(queue: IQueue): void {
    this.allow(['sqs:SendMessage'], [queue.queueArn]);
    const key = queue.encryptionMasterKey;
    if (key) this.allow(['kms:GenerateDataKey', 'kms:Decrypt'], [key.keyArn]);
  }

  /** Names an SSM parameter in `variable`, and lets the function read that one. */
  readParameter(variable: string, parameter: string): void {
    checkParameterName(variable, parameter);
    this.setVariable(variable, parameter);
    const arn = Stack.of(this).formatArn({
      service: 'ssm',
      resource: 'parameter',
      resourceName: parameter.replace(/^\//, ''),
    });
    this.allow(['ssm:GetParameter'], [arn]);
    this.allowDecrypt();
  }

  private readToken(props: TaskFunctionOptions): void {
    const { oneuptimeTokenParameter: parameter, oneuptimeTokenSecret: secret } = props;
    if (parameter !== undefined && secret !== undefined) {
      throw new Error('Set either oneuptimeTokenParameter or oneuptimeTokenSecret, not both.');
    }
    if (parameter !== undefined) this.readParameter('ONEUPTIME_TOKEN_PARAMETER', parameter);
    if (secret !== undefined) this.readSecret('ONEUPTIME_TOKEN_SECRET_ARN', secret);
  }

  private readSecret(variable: string, secret: ISecret | Secret): void {
    checkSecret(this, variable, secret);
    const { secretFullArn, secretArn, encryptionKey = this.parameterKey } = secret;
    this.setVariable(variable, secretFullArn ?? secretArn);
    // Of a secret that is known by its name alone, the six characters that AWS adds are not.
    this.allow(['secretsmanager:GetSecretValue'], [secretFullArn ?? `${secretArn}-??????`]);
    this.allowDecrypt(encryptionKey);
  }

  private allowDecrypt(key = this.parameterKey): void {
    if (key) this.allow(['kms:Decrypt'], [key.keyArn]);
  }
}

function commonEnvironment(props: TaskFunctionOptions): Record<string, string> {
  const { stage, serviceName = 'leadline', oneuptimeEndpoint, metricPrefix } = props;
  return {
    OTEL_SERVICE_NAME: serviceName,
    ENVIRONMENT: stage,
    ...(oneuptimeEndpoint && { ONEUPTIME_ENDPOINT: oneuptimeEndpoint }),
    ...(metricPrefix && { METRIC_PREFIX: metricPrefix }),
  };
}

function checkName(name: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw new Error(
    `The function's name ${JSON.stringify(name)} is not one that Lambda takes: use 1 to 64 letters, digits, "-" and "_". It is made of the stage and the queue's name.`,
  );
}
