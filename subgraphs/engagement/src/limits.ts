/** Limits of comments and collections. Those of texts are `TEXT_LIMITS` of @tintype/text. */

/** How long a comment can be edited. Later, others may have replied to it. */
export const EDITABLE_MINUTES = 15;
export const MAX_PINS = 3;
/** The words of a comment filter, and the length of each in code points. */
export const FILTER = { words: 100, wordLength: 50 } as const;
/** The collections of a person, and the length of a name in code points. Few enough to count on every insert. */
export const COLLECTIONS = { number: 500, nameLength: 50 } as const;
