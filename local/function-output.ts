import { parseLogLine } from './parse-log-line.ts';

/**
 * What of a function's output people see on the terminal: what is not a log line (a crash, a
 * `console.log`), and warnings and errors that belong to no task, whose failures have their line.
 */
export function printFunctionOutput(print: (line: string) => void) {
  return (line: string, functionName: string): void => {
    const record = parseLogLine(line);
    if (record === undefined) print(`${functionName}: ${line}`);
    else if (['WARN', 'ERROR'].includes(record.level) && record['task.id'] === undefined) {
      print(`${functionName}: ${record.level} ${record.message}`);
    }
  };
}
