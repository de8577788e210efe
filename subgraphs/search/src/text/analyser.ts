/**
 * Number of the way in which texts are folded and cut into words. Whoever changes what `fields.rules.ts` makes of a document counts it up:
 * collections that were made by a smaller one are built anew by themselves. A test fails where the words changed and it did not.
 */
export const ANALYSER = 2;
