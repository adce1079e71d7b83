import { describe, expect, test } from 'vitest';
import { summaryOf } from '../../scripts/test-summary.ts';

describe('the line that ends npm test', () => {
  const report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };

  test('counts the tests', () => {
    expect(summaryOf({ ...report, testResults: [] }, 0)).toBe('3 passed, 0 failed');
    expect(summaryOf({ ...report, numFailedTests: 2, testResults: [] }, 1)).toBe(
      '3 passed, 2 failed',
    );
    expect(summaryOf({ ...report, numPendingTests: 1, numTodoTests: 1, testResults: [] }, 0)).toBe(
      '3 passed, 0 failed, 2 skipped',
    );
  });

  test('counts a file that could not be run as a failure', () => {
    const testResults = [
      { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'skipped' }] },
      { status: 'failed', assertionResults: [{ status: 'failed' }] },
      { status: 'passed', assertionResults: [{ status: 'passed' }] },
    ];
    expect(summaryOf({ ...report, numFailedTests: 1, testResults }, 1)).toBe('3 passed, 2 failed');
  });

  test('never says that all is well when the run failed', () => {
    expect(summaryOf({ ...report, testResults: [] }, 1)).toBe('3 passed, 1 failed');
    expect(summaryOf(undefined, 1)).toBe('0 passed, 1 failed');
  });
});
