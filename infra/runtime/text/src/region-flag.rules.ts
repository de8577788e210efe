/**
 * Flags of parts of a country, such as Scotland: a black flag, and invisible letters that name the part. For regular
 * expressions.
 */
export const REGION_FLAG = String.raw`\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f}`;
