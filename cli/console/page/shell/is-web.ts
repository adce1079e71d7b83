/** Nothing but a page of the web is linked to, whatever the settings say. */
export function isWeb(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
