export interface LogLine {
  level: string;
  message: string;
  [key: string]: unknown;
}

/** What a function's logger wrote; undefined for any other line. */
export function parseLogLine(line: string): LogLine | undefined {
  try {
    const value = JSON.parse(line);
    const isLogLine = typeof value?.level === 'string' && typeof value.message === 'string';
    return isLogLine ? value : undefined;
  } catch {
    return undefined;
  }
}
