/** Text that JSON can carry and UTF-8 cannot: half of a pair, written as an escape. */
const HALF_PAIR = /\\u[dD][89abcdefABCDEF]/;

/** Whether every text in a value can be written as UTF-8. What cannot would be stored as other text than was sent. */
export function isWellFormed(json: string, parsed: unknown): boolean {
  return !HALF_PAIR.test(json) || hasWholePairs(parsed);
}

function hasWholePairs(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && hasWholePairs(inner));
}
