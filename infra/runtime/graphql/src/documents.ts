import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { createInternalFieldFinder, type InternalField } from './internal-fields.ts';

/** A parsed text, and the internal fields that it asks for. */
export type KnownDocument = { document: DocumentNode; internalFields: readonly InternalField[] };

export type Documents = {
  /** What the text says, or what is wrong with it. @throws GraphQLError for wrong syntax */
  get(text: string): KnownDocument | readonly GraphQLError[];
  /** Length of all texts whose documents are kept. */
  keptCharacters(): number;
};

/**
 * The gateway sends a few dozen distinct documents per client version. A parsed document takes about a hundred bytes for each character, and
 * strangers choose how long theirs are.
 */
const CHARACTERS = 250_000;

/** Parses and validates each distinct document once, as long as it is among those used last. */
export function createDocuments(schema: GraphQLSchema): Documents {
  const findInternalFields = createInternalFieldFinder(schema);
  const known = new LRUCache<string, KnownDocument>({
    maxSize: CHARACTERS,
    sizeCalculation: (_document, text) => text.length,
  });
  return {
    get(text) {
      const kept = known.get(text);
      if (kept) return kept;
      const document = parse(text);
      const errors = validate(schema, document);
      if (errors.length > 0) return errors;
      const read = { document, internalFields: findInternalFields(document) };
      known.set(text, read);
      return read;
    },
    keptCharacters: () => known.calculatedSize,
  };
}
