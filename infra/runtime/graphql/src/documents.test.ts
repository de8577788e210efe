import { buildSchema } from 'graphql';
import { expect, test } from 'vitest';
import { createDocuments } from './documents.ts';

const schema = buildSchema('type Query { a: Int }');
const queryOf = (name: string) =>
  `query ${name} { ${Array.from({ length: 500 }, (_, field) => `a${field}: a`).join(' ')} }`;

test('a document is parsed once, and one that is refused is not kept', () => {
  const documents = createDocuments(schema);
  expect(documents.get('{ a }')).toBe(documents.get('{ a }'));
  expect(documents.get('{ b }')).toMatchObject([{ message: expect.stringContaining('"b"') }]);
  expect(() => documents.get('{')).toThrow('Syntax Error');
  expect(documents.keptCharacters()).toBe('{ a }'.length);
});

test('however many long documents come, so much is kept of them, and the newest', () => {
  const documents = createDocuments(schema);
  for (let number = 0; number < 300; number++) documents.get(queryOf(`q${number}`));
  expect(documents.keptCharacters()).toBeLessThanOrEqual(250_000);
  expect(documents.keptCharacters()).toBeGreaterThan(200_000);
  const [first, last] = [queryOf('q0'), queryOf('q299')];
  const kept = documents.keptCharacters();
  documents.get(last);
  expect(documents.keptCharacters()).toBe(kept);
  expect(documents.get(first)).toBe(documents.get(first));
});
