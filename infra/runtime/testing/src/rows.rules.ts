/** The columns of a statement by name, with their types as in `Statements`: `bigint`, `string[] | null`. */
export type Columns = Readonly<Record<string, string>>;

type Check = (value: unknown) => boolean;

const CHECKS: Readonly<Record<string, Check>> = {
  bigint: (value) => typeof value === 'bigint',
  boolean: (value) => typeof value === 'boolean',
  Buffer: (value) => Buffer.isBuffer(value),
  Date: (value) => value instanceof Date,
  number: (value) => typeof value === 'number',
  string: (value) => typeof value === 'string',
  unknown: () => true,
};

/** @returns what in a row differs from its type, or null */
export function findMisfit(columns: Columns, row: Readonly<Record<string, unknown>>): string | null {
  for (const [name, type] of Object.entries(columns)) {
    const value = row[name];
    if (!fits(type, value)) return `${name} is ${type} and not ${value === null ? 'null' : typeof value}`;
  }
  return null;
}

function fits(type: string, value: unknown): boolean {
  if (type.endsWith(' | null')) return value === null || fits(type.slice(0, -' | null'.length), value);
  if (type.endsWith('[]')) return Array.isArray(value) && value.every((one) => fits(type.slice(0, -2), one));
  return CHECKS[type]?.(value) ?? false;
}
