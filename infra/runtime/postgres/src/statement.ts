import type { Statements } from '#generated/statements.ts';

type Name = keyof Statements;

/**
 * The sample of statements that packages of the platform send for each owner. Its tables exist only where statements
 * are described (`infra/statements/src/sample.sql`).
 */
export const SAMPLE_SCHEMA = 'sample';

/** SQL with a name. `Values` and `Row` come from Postgres: bigint for int8, and null if a column can be null. */
export type Statement<Values extends readonly unknown[], Row> = {
  readonly name: string;
  readonly text: string;
  /** The name under which it is described. For a family, that of its sample. */
  readonly sample: string;
  /** Only for the compiler. */
  readonly types?: { values: Values; row: Row };
  /**
   * The same with narrower types of columns, for a text with a few possible values, or JSON of a known shape. A column
   * that the statement does not return, or whose type does not include the narrower one, is an error.
   */
  narrow<Columns extends NarrowerThan<Columns, Row>>(): Statement<Values, Omit<Row, keyof Columns> & Columns>;
};

type NarrowerThan<Columns, Row> = {
  [Column in keyof Columns]: Column extends keyof Row ? Wider<Row[Column], Columns[Column]> : never;
};
/** The SQL says whether a column can be null, and tests check it there. */
type Wider<Known, Said> = unknown extends Known
  ? unknown
  : null extends Known
    ? null extends Said
      ? Known
      : never
    : Known;

/** A statement that Postgres has not described yet takes no values: run `npm run prepare:types`. */
type Typed<Key extends string> = Key extends Name
  ? Statement<Statements[Key]['values'], Statements[Key]['row']>
  : Statement<never, never>;

/** A declared statement, with the marks that `statement` removes from its text. */
export type Declared = { name: string; marked: string };

const declared = new Map<string, string>();

/** All statements of the loaded modules. */
export function listDeclared(): Declared[] {
  return [...declared].map(([name, marked]) => ({ name, marked }));
}

/**
 * Declares a statement at the top of a module. Each connection prepares it once under its name, so a name must have the
 * same text everywhere on the platform. `npm run prepare:types` lets Postgres describe all statements, and derives the
 * types of values and rows.
 *
 * Two marks add what Postgres does not know. An alias that ends with `!`, as in `count(*) AS "total!"`, is a column
 * that is never null although it is an expression or comes from an outer join. A parameter followed by `?`, as in
 * `$3?`, may be null, or have elements that are null if it is an array.
 */
export function statement<const Key extends string>(name: Key, marked: string): Typed<Key> {
  declare(name, marked);
  return create(name, marked) as Typed<Key>;
}

/**
 * Declares a family of statements that differ in a part of their text, such as the name of a table.
 *
 * @param samples of this part, with which Postgres describes the statement: all values, or one that stands for the
 * others
 */
export function statementFor<const Key extends string, const Sample extends Part, Part extends string>(
  name: Key,
  samples: readonly Sample[],
  write: (part: Part) => string,
): (part: Part) => Typed<`${Key}_${Sample}`> {
  for (const sample of samples) declare(`${name}_${sample}`, write(sample));
  const isSample = (part: Part) => (samples as readonly Part[]).includes(part);
  const made = new Map<Part, unknown>();
  return (part) => {
    if (!made.has(part))
      made.set(part, create(`${name}_${part}`, write(part), `${name}_${isSample(part) ? part : samples[0]}`));
    return made.get(part) as Typed<`${Key}_${Sample}`>;
  };
}

/**
 * Declares statements that are built for each call. Postgres describes the sample, and the rows have its columns. The
 * caller is responsible for the values.
 *
 * @returns a function that creates the statement from a name and a text. Different texts need different names
 */
export function statementLike<const Key extends string>(name: Key, sample: string): Like<Key> {
  declare(name, sample);
  return ((variant: string, text: string) => create(variant, text, name)) as Like<Key>;
}

type Like<Key> = (
  name: string,
  text: string,
) => Statement<readonly unknown[], Key extends Name ? Statements[Key]['row'] : never>;

function declare(name: string, marked: string): void {
  if ((declared.get(name) ?? marked) !== marked) throw new Error(`Two statements are called "${name}".`);
  declared.set(name, marked);
}

function create(name: string, marked: string, sample = name): Statement<never, never> {
  const made: Statement<never, never> = { name, text: withoutMarks(marked), sample, narrow: () => made as never };
  return made;
}

/** The text for Postgres. */
export function withoutMarks(marked: string): string {
  return marked.replace(/"(\w+)!"/g, '"$1"').replace(/(\$\d+)\?/g, '$1');
}
