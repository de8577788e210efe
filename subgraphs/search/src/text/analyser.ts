/**
 * The version of how texts are folded and split into words. Increment it whenever the output of `fields.rules.ts`
 * changes: collections of an older version are then rebuilt automatically. A test fails if the words change and the
 * version does not.
 */
export const ANALYSER = 3;
