import { type DocumentNode, type GraphQLError, type GraphQLSchema, parse, validate } from 'graphql';
import { LRUCache } from 'lru-cache';

export type Documents = {
  /** The parsed text, or what is wrong with it. @throws GraphQLError for wrong syntax */
  get(text: string): DocumentNode | readonly GraphQLError[];
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
  const known = new LRUCache<string, DocumentNode>({
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
      known.set(text, document);
      return document;
    },
    keptCharacters: () => known.calculatedSize,
  };
}
