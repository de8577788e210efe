import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';
import { createInternalFieldFinder, type InternalField } from './internal-fields.ts';

/** A parsed document, and the internal fields that it selects. */
export type KnownDocument = { document: DocumentNode; internalFields: readonly InternalField[] };

export type Documents = {
  /** Parses and validates the text. @throws GraphQLError for wrong syntax */
  get(text: string): KnownDocument | readonly GraphQLError[];
  /** The total length of the texts whose documents are cached. */
  keptCharacters(): number;
};

/**
 * The gateway sends a few dozen distinct documents per client version. A parsed document takes about a hundred bytes
 * per character, and clients choose how long theirs are.
 */
const CHARACTERS = 250_000;

/** Parses and validates each distinct document once, while it is among the most recently used. */
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
