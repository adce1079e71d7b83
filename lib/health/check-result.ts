/** What one check found. */
export interface CheckResult {
  status: 'healthy' | 'unhealthy' | 'unknown';
  /** Why it is not healthy; without secrets, ARNs and account ids. */
  reason?: string;
  /** How many of how many were looked at. */
  checked?: number;
  of?: number;
  /** RFC 3339. */
  last_export?: string;
}

const MAX_REASONS = 5;

/** Unhealthy with the first few reasons, or healthy without any. */
export function resultOf(reasons: readonly string[], checked: number, of: number): CheckResult {
  if (reasons.length === 0) return { status: 'healthy', checked, of };
  const more = reasons.length - MAX_REASONS;
  const listed = reasons.slice(0, MAX_REASONS).join('; ');
  const reason = more > 0 ? `${listed}; and ${more} more` : listed;
  return { status: 'unhealthy', reason, checked, of };
}
