/** Ids as decimal text. */
type Types = { bigint: number; text: string; tsquery: string; 'bigint[]': readonly string[] };

export type Parameters = {
  readonly values: unknown[];
  /** Adds a value. @returns what stands for it in the statement, of the given type */
  add<Type extends keyof Types>(value: Types[Type], type: Type): string;
};

/** Values of a statement that is made of parts, in the order in which the parts name them. */
export function createParameters(): Parameters {
  const values: unknown[] = [];
  return { values, add: (value, type) => `$${values.push(value)}::${type}` };
}
