import { expect, test } from 'vitest';
import { columnsOf, type Described, valuesOf, write } from './describe.rules.ts';

const [INT8, TEXT, INT8S, JSONB, POINT] = [20, 25, 1016, 3802, 600];

const described = (marked: string, parts: Partial<Described> = {}): Described => ({
  marked,
  parameters: [],
  columns: [],
  ...parts,
});

test.each([
  ['SELECT a.id FROM a', 'bigint'],
  ['SELECT a.id FROM a JOIN b USING (id)', 'bigint'],
  ['SELECT a.id FROM a LEFT JOIN b USING (id)', 'bigint | null'],
  ['SELECT a.id FROM a left outer join b USING (id)', 'bigint | null'],
  ['SELECT a.id FROM a RIGHT JOIN b USING (id)', 'bigint | null'],
  ['SELECT a.id FROM a FULL\n  OUTER JOIN b USING (id)', 'bigint | null'],
  ['SELECT a.id AS "id!" FROM a LEFT JOIN b USING (id)', 'bigint'],
])('a column that is declared not null: %s', (marked, type) => {
  expect(columnsOf(described(marked, { columns: [{ name: 'id', type: INT8, isNotNull: true }] }))).toEqual({
    id: type,
  });
});

test.each([
  ['SELECT max(id) AS id FROM a', 'bigint | null'],
  ['SELECT count(*) AS "id!" FROM a', 'bigint'],
  ['SELECT max(id) AS id, count(*) AS "id2!" FROM a', 'bigint | null'],
])('an expression: %s', (marked, type) => {
  expect(columnsOf(described(marked, { columns: [{ name: 'id', type: INT8, isNotNull: false }] }))).toEqual({
    id: type,
  });
});

test('JSON is not known, and so not null either', () => {
  const columns = [{ name: 'data', type: JSONB, isNotNull: false }];
  expect(columnsOf(described('SELECT data', { columns }))).toEqual({ data: 'unknown' });
});

test('a parameter may be null if the statement says so', () => {
  const parameters = [...Array.from({ length: 10 }, () => TEXT), INT8S, INT8];
  expect(valuesOf(described('… $1 $10? $11? $12', { parameters }))).toEqual([
    ...Array.from({ length: 9 }, () => 'string'),
    'string | null',
    'readonly (bigint | number | null)[]',
    'bigint | number',
  ]);
});

test('a type that is not known is an error', () => {
  const columns = [{ name: 'place', type: POINT, isNotNull: true }];
  expect(() => columnsOf(described('SELECT place', { columns }))).toThrow('600');
  expect(() => valuesOf(described('SELECT $1', { parameters: [POINT] }))).toThrow('600');
});

test('the module has one line for each statement, and no rows for one that returns none', () => {
  const columns = [{ name: '?column?', type: INT8, isNotNull: false }];
  const text = write(
    new Map([
      ['one', described('SELECT 1', { columns })],
      ['none', described('DELETE FROM a WHERE id = $1', { parameters: [INT8] })],
    ]),
  );
  expect(text).toBe(`export interface Statements {
  "one": { values: readonly []; row: { "?column?": bigint | null } };
  "none": { values: readonly [bigint | number]; row: never };
}
`);
});
