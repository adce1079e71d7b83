import type { RouteDescription } from '../stack-description.ts';

export interface RouteMatch {
  functionName: string;
  /** As in the event: `POST /tasks/{task}`, `ANY /{proxy+}` or `$default`. */
  routeKey: string;
  /** Decoded. Empty when the route has no variables. */
  pathParameters: Record<string, string>;
}

export interface RouteTable {
  /** @param path the request's path as it came, still percent-encoded */
  match(method: string, path: string): RouteMatch | undefined;
}

/**
 * Chooses the route of a request as an HTTP API does: a full match before a greedy variable
 * (`{proxy+}`) before `$default`, a literal segment before a variable, the method itself before
 * `ANY`. Throws when two routes have the same key or a greedy variable is not the last segment.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouteTable(descriptions: readonly RouteDescription[]): RouteTable {
  const routes = descriptions.map(compileRoute).sort(bySpecificity);
  const keys = new Set<string>();
  for (const { routeKey } of routes) {
    if (keys.has(routeKey)) throw new Error(`Two routes have the key '${routeKey}'`);
    keys.add(routeKey);
  }

  return {
    match(method, path) {
      const segments = path.split('/').slice(1);
      for (const route of routes) {
        if (route.method !== 'ANY' && route.method !== method) continue;
        const pathParameters = route.isDefault ? {} : matchSegments(route.segments, segments);
        if (pathParameters === undefined) continue;
        return { functionName: route.functionName, routeKey: route.routeKey, pathParameters };
      }
      return undefined;
    },
  };
}

/** Percent-decoding that leaves a malformed sequence as it is instead of throwing. */
export function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

interface Segment {
  kind: 'literal' | 'variable' | 'greedy';
  name: string;
}

interface Route {
  functionName: string;
  routeKey: string;
  method: string;
  segments: Segment[];
  isDefault: boolean;
}

function compileRoute({ method, path, functionName }: RouteDescription): Route {
  if (path === '$default' || method === '$default') {
    return { functionName, routeKey: '$default', method: 'ANY', segments: [], isDefault: true };
  }
  if (!path.startsWith('/')) {
    throw new Error(`The path of route '${method} ${path}' must begin with '/'`);
  }
  const segments = path.split('/').slice(1).map(compileSegment);
  if (segments.slice(0, -1).some((segment) => segment.kind === 'greedy')) {
    throw new Error(`In route '${method} ${path}' the greedy variable must come last`);
  }
  const upper = method.toUpperCase();
  return { functionName, routeKey: `${upper} ${path}`, method: upper, segments, isDefault: false };
}

function compileSegment(text: string): Segment {
  const variable = /^\{([^{}+]+)(\+?)\}$/.exec(text);
  if (variable?.[1] === undefined) return { kind: 'literal', name: decodePath(text) };
  return { kind: variable[2] === '+' ? 'greedy' : 'variable', name: variable[1] };
}

function matchSegments(
  pattern: readonly Segment[],
  path: readonly string[],
): Record<string, string> | undefined {
  const last = pattern.at(-1);
  const isGreedy = last?.kind === 'greedy';
  if (isGreedy ? path.length < pattern.length : path.length !== pattern.length) return undefined;

  const parameters: [string, string][] = [];
  for (const [index, segment] of pattern.entries()) {
    const raw = segment.kind === 'greedy' ? path.slice(index).join('/') : (path[index] ?? '');
    const text = decodePath(raw);
    if (segment.kind === 'literal') {
      if (text !== segment.name) return undefined;
    } else {
      // A variable never takes an empty segment: /tasks/ is not /tasks/{task}.
      if (text === '') return undefined;
      parameters.push([segment.name, text]);
    }
  }
  return Object.fromEntries(parameters);
}

const rankOf = { literal: 0, variable: 1, greedy: 2 } as const;

function bySpecificity(a: Route, b: Route): number {
  if (a.isDefault !== b.isDefault) return a.isDefault ? 1 : -1;
  // "Full match" comes before "match with a greedy variable", wherever their segments differ.
  const greedy = Number(endsGreedy(a)) - Number(endsGreedy(b));
  if (greedy !== 0) return greedy;
  for (const [index, segment] of a.segments.entries()) {
    const other = b.segments[index];
    // Only greedy routes can match one path with different lengths: the longer one says more.
    if (other === undefined) return -1;
    const difference = rankOf[segment.kind] - rankOf[other.kind];
    if (difference !== 0) return difference;
  }
  if (a.segments.length !== b.segments.length) return 1;
  return Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function endsGreedy(route: Route): boolean {
  return route.segments.at(-1)?.kind === 'greedy';
}
