/** Ids as decimal text. */
type Types = { bigint: number; text: string; tsquery: string; 'bigint[]': readonly string[] };

export type Parameters = {
  readonly values: unknown[];
  /** Adds a value. @returns its placeholder in the statement, with the given type */
  add<Type extends keyof Types>(value: Types[Type], type: Type): string;
};

/** The values of a statement that is built from parts, in the order in which the parts use them. */
export function createParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value, type) => `$${values.push(value)}::${type}` };
}
