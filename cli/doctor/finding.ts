/** One line of the doctor. */
export interface Finding {
  /** What was looked at. */
  name: string;
  level: 'ok' | 'warning' | 'problem';
  /** What was found. */
  text: string;
  /** What to do about a warning or a problem. */
  advice?: string;
}
