import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  createLambdaService,
  type InvocationReport,
  type LambdaService,
  type LambdaServiceOptions,
} from '../../../local/lambda/lambda-service.ts';
import type { FunctionDescription } from '../../../local/stack-description.ts';

/** A Lambda service over bundles that the test writes; stopped and removed when the test ends. */
export interface FixtureService extends LambdaService {
  directory: string;
  reports: InvocationReport[];
  output: string[];
  writeBundle(name: string, source: string): void;
}

export type FixtureFunction = string | ({ source: string } & Partial<FunctionDescription>);

export function startFixtureService(
  functions: Record<string, FixtureFunction>,
  options: Partial<LambdaServiceOptions> = {},
): FixtureService {
  const directory = mkdtempSync(join(tmpdir(), 'leadline-lambda-'));
  const reports: InvocationReport[] = [];
  const output: string[] = [];

  function writeBundle(name: string, source: string): void {
    const path = join(directory, name, 'index.mjs');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${prelude}\n${source}`);
  }

  const descriptions = Object.entries(functions).map(([name, given]) => {
    const { source, ...description } = typeof given === 'string' ? { source: given } : given;
    writeBundle(name, source);
    return {
      functionName: name,
      bundle: name,
      environment: {},
      timeoutSeconds: 20,
      ...description,
    };
  });
  const service = createLambdaService({
    functions: descriptions,
    bundleDirectory: directory,
    onReport: (report) => reports.push(report),
    onOutput: (line) => output.push(line),
    ...options,
    // A fixture's own runtime is named from the directory of the bundles.
    ...(options.runtime !== undefined && { runtime: join(directory, options.runtime) }),
  });
  onTestFinished(async () => {
    await service.stop();
    rmSync(directory, { recursive: true, force: true });
  });
  return { ...service, directory, reports, output, writeBundle };
}

/** What the fixture bundles share: requests to the Lambda APIs, and a wait for the test's go-ahead. */
const prelude = `
const http = process.getBuiltinModule('node:http');
const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs');
const api = (method, path, headers = {}, body = '') =>
  new Promise((resolve, reject) => {
    const [hostname, port] = process.env.AWS_LAMBDA_RUNTIME_API.split(':');
    const request = http.request({ hostname, port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end(body);
  });
const exists = (path) =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (existsSync(path)) { clearInterval(timer); resolve(); }
    }, 3);
  });
const register = (events, headers = {}) =>
  api('POST', '/2020-01-01/extension/register',
    { 'Lambda-Extension-Name': 'fixture', ...headers }, JSON.stringify({ events }));
const nextEvent = (identifier) =>
  api('GET', '/2020-01-01/extension/event/next', { 'Lambda-Extension-Identifier': identifier });
`;
