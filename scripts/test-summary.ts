/** What we read of the report of vitest's JSON reporter. */
interface TestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** `N passed, N failed`, and `, N skipped` where some were. Without a report: nothing was run. */
export function summaryOf(report: TestReport | undefined, exitCode: number): string {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  let failed = report?.numFailedTests ?? 0;
  // A file that does not load, or whose hook throws, has no failed test to be counted.
  for (const file of report?.testResults ?? []) {
    const blamed = file.assertionResults.some((one) => one.status === 'failed');
    if (file.status === 'failed' && !blamed) failed += 1;
  }
  // An unhandled rejection fails the run and no test.
  if (exitCode !== 0) failed = Math.max(failed, 1);
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
