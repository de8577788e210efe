/** What a document may have, fragments expanded. The reasons are in docs/limits.md. */
export const QUERY_LIMITS = {
  tokens: 2_000,
  /** Levels of braces, brackets and parentheses within each other, in the text. */
  brackets: 64,
  /** Levels of fields; the deepest of our own operations has 7. */
  depth: 12,
  /** Levels under `__schema` and `__type`: the introspection query of GraphiQL has 15. */
  introspectionDepth: 17,
  aliases: 30,
  directives: 50,
  rootFields: 20,
  /** Fields and spreads: what validation and planning take time over. */
  selections: 1_500,
  /** What an operation may cost at most, in points: an object that comes with another one costs 1. */
  cost: 14_800,
} as const;

/**
 * What the parts of an operation cost, in points. `@cost` in the schema says which fields and objects cost more. Estimated from the time of
 * home feeds; `npm run bench -- worst-document` searches for the slowest operation that they admit.
 */
export const WEIGHTS = {
  /** An object whose type has no `@cost`, such as an edge or a rendition. */
  object: 1,
  /** A field without fields of its own, in each object. */
  leaf: 1,
  /** A page, under each object that has one: rows are looked for, and one more than the page is read. */
  page: 20,
  /** A place in the operation for which a store or another subgraph is asked: once for all objects, or for every 200 of them. */
  read: 400,
  /** A field or spread of the document, or two of its tokens: it is parsed, validated and planned. */
  size: 8,
} as const;

/** Size of a page whose size the operation does not give, and the largest that a list returns. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** Size of lists in introspection: they nest, but are served from memory. */
export const INTROSPECTION_LIST = 5;

export const BODY_BYTES = 100 * 1024;

/** What is read and dropped of a body that is answered before its end, so that its client reads the answer. */
export const UNREAD = { bytes: 8 * 1024 * 1024, ms: 3_000 } as const;

/** For a client to send a whole request. */
export const RECEIVE_TIMEOUT_MS = 15_000;

/** Mutations that hash passwords or issue tokens: they have a stricter bucket per address. */
export const LOGIN_FIELDS: ReadonlySet<string> = new Set([
  'logIn',
  'createAccount',
  'refreshSession',
  'deactivateAccount',
  'deleteAccount',
]);
