export type Parameters = {
  readonly values: unknown[];
  /** Adds a value. @returns what stands for it in the statement, of the given type */
  add(value: unknown, type: string): string;
};

/** Values of a statement that is made of parts, in the order in which the parts name them. */
export function createParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value, type) => `$${values.push(value)}::${type}` };
}
