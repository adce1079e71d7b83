/**
 * A message of the argument parser without the values that were given: somebody may have given a
 * secret, and the message ends in a log. Names of options stay, and what it suggests.
 */
export function hideValues(message: string): string {
  return (
    message
      .replace(/(unknown option '--[^'=]*=).*'/s, "$1***'")
      // As in -kVALUE.
      .replace(/(unknown option '-[^-]).+'/s, "$1***'")
      // A mistyped command helps who reads it, and no key of OneUptime is without digits.
      .replace(/unknown command '(?![a-z-]{1,20}'(?:\n|$)).*'/s, 'unknown command')
      .replace(/( but got \d+): .*/s, '$1.')
  );
}
