/** A secret, the header that it is sent in, and what to do when it is refused. */
export interface Credential {
  header: string;
  secret: string;
  /** By status. */
  hints: Readonly<Record<number, string>>;
}

/** Of OneUptime's REST API. */
export function apiKeyCredential(secret: string): Credential {
  return {
    header: 'ApiKey',
    secret,
    hints: {
      401: 'Is the API key of this project, and not revoked? OneUptime: Project Settings, API Keys.',
      402: 'The plan of the project does not allow it: the free plan has 10 active monitors and 1 dashboard.',
      403: 'The API key lacks a permission: it has to create, read, edit and delete monitors and dashboards, and read statuses, severities and services.',
      429: 'Those are too many requests.',
    },
  };
}

/** Of its OTLP ingest. `Authorization: Bearer` is ignored there. */
export function tokenCredential(secret: string): Credential {
  return {
    header: 'x-oneuptime-token',
    secret,
    hints: {
      401: 'Copy the token again. OneUptime: Project Settings, Telemetry Ingestion Keys.',
      404: 'Is it the OTLP base of OneUptime, with /otlp at its end?',
    },
  };
}
