import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A problem as RFC 9457 has it; `type` is `about:blank`, so `title` is the status's own phrase. */
export interface Problem {
  status: keyof typeof TITLES;
  detail: string;
  /** Members beside the standard ones. */
  extensions?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
}

const TITLES = {
  400: 'Bad Request',
  404: 'Not Found',
  409: 'Conflict',
  413: 'Content Too Large',
  422: 'Unprocessable Content',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;

/** The HTTP response that tells of a problem, `application/problem+json`. */
export function problemResponse(problem: Problem): APIGatewayProxyStructuredResultV2 {
  const { status, detail, extensions, headers } = problem;
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', ...headers },
    body: JSON.stringify({
      type: 'about:blank',
      title: TITLES[status],
      status,
      detail,
      ...extensions,
    }),
  };
}
