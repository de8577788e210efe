/** A statement as Postgres describes it. Types are numbers in `pg_type`. */
export type Described = {
  marked: string;
  parameters: readonly number[];
  /** `isNotNull`: a table's column that is declared NOT NULL. */
  columns: readonly { name: string; type: number; isNotNull: boolean }[];
};

/**
 * The type that pg returns for a value, and the type that it accepts if that differs. Other types have to be cast in
 * the statement.
 */
const TYPES: Readonly<Record<number, { row: string; value?: string }>> = {
  16: { row: 'boolean' },
  17: { row: 'Buffer', value: 'Uint8Array' },
  18: { row: 'string' },
  19: { row: 'string' },
  20: { row: 'bigint', value: 'bigint | number' },
  21: { row: 'number' },
  23: { row: 'number' },
  25: { row: 'string' },
  114: { row: 'unknown', value: 'string' },
  700: { row: 'number' },
  701: { row: 'number' },
  1042: { row: 'string' },
  1043: { row: 'string' },
  1082: { row: 'Date' },
  1114: { row: 'Date' },
  1184: { row: 'Date' },
  1700: { row: 'string', value: 'string | bigint | number' },
  2205: { row: 'string' },
  2278: { row: 'string' },
  2950: { row: 'string' },
  3614: { row: 'string' },
  3615: { row: 'string' },
  3802: { row: 'unknown', value: 'string' },
  5069: { row: 'string' },
};
/** Types of arrays, with those of their elements. */
const ELEMENTS: Readonly<Record<number, number>> = {
  199: 114,
  1000: 16,
  1001: 17,
  1005: 21,
  1007: 23,
  1009: 25,
  1015: 1043,
  1016: 20,
  1021: 700,
  1022: 701,
  1185: 1184,
  2951: 2950,
  3807: 3802,
};

/**
 * Postgres does not say which side of a join a column comes from. So with an outer join, no column without a mark
 * counts as not null.
 */
const OUTER_JOIN = /\b(left|right|full)\s+(outer\s+)?join\b/i;

/** The types of a row's columns, by name. */
export function columnsOf({ marked, columns }: Described): Record<string, string> {
  const isOuter = OUTER_JOIN.test(marked);
  return Object.fromEntries(
    columns.map(({ name, type, isNotNull }) => {
      const element = ELEMENTS[type];
      const known = element ? `${typeOf(element).row}[]` : typeOf(type).row;
      const isNullable = !(isNotNull && !isOuter) && !marked.includes(`"${name}!"`);
      return [name, isNullable && known !== 'unknown' ? `${known} | null` : known];
    }),
  );
}

/** The types of the values, in the order of the parameters. */
export function valuesOf({ marked, parameters }: Described): string[] {
  return parameters.map((type, index) => {
    const orNull = new RegExp(`\\$${index + 1}\\?`).test(marked) ? ' | null' : '';
    const element = ELEMENTS[type];
    const { row, value = row } = typeOf(element ?? type);
    return element ? `readonly (${value}${orNull})[]` : `${value}${orNull}`;
  });
}

function typeOf(oid: number) {
  const type = TYPES[oid];
  if (!type) throw new Error(`TypeScript has no type for what has number ${oid} in pg_type: cast it.`);
  return type;
}

export function columnTypes(described: ReadonlyMap<string, Described>): Record<string, Record<string, string>> {
  return Object.fromEntries([...described].map(([name, one]) => [name, columnsOf(one)]));
}

/** A module with the interface `Statements`. */
export function write(described: ReadonlyMap<string, Described>): string {
  const entries = [...described].map(([name, one]) => {
    const columns = Object.entries(columnsOf(one)).map(([column, type]) => `${JSON.stringify(column)}: ${type}`);
    const row = columns.length > 0 ? `{ ${columns.join('; ')} }` : 'never';
    return `  ${JSON.stringify(name)}: { values: readonly [${valuesOf(one).join(', ')}]; row: ${row} };`;
  });
  return `export interface Statements {\n${entries.join('\n')}\n}\n`;
}

/** Statements that Postgres refuses, with its reasons. */
export class UnfitStatementsError extends Error {
  override readonly name = 'UnfitStatementsError';
  readonly faults: ReadonlyMap<string, string>;

  constructor(faults: ReadonlyMap<string, string>) {
    super([...faults].map(([statement, reason]) => `${statement}: ${reason}`).join('\n'));
    this.faults = faults;
  }
}
