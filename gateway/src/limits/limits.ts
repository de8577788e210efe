/** The limits of a document with its fragments expanded. `docs/limits.md` gives the reasons. */
export const QUERY_LIMITS = {
  tokens: 2_000,
  /** Nested braces, brackets and parentheses in the text. */
  brackets: 64,
  /** Nested fields. The deepest of our own operations has 7 levels. */
  depth: 12,
  /** Levels under `__schema` and `__type`: the introspection query of GraphiQL has 15. */
  introspectionDepth: 17,
  aliases: 30,
  directives: 50,
  rootFields: 20,
  /** Fields and spreads, which determine the time of validation and planning. */
  selections: 1_500,
  /** The maximum cost of an operation, in points. An object that comes with another one costs 1. */
  cost: 14_800,
} as const;

/**
 * The costs of the parts of an operation, in points. `@cost` in the schema marks more expensive fields and objects.
 * Estimated from the time of home feeds. `npm run bench -- worst-document` searches for the slowest operation within
 * the limits.
 */
export const WEIGHTS = {
  /** An object whose type has no `@cost`, such as an edge or a rendition. */
  object: 1,
  /** A leaf field, in each object. */
  leaf: 1,
  /** A page, under each object that has one. It takes a lookup. */
  page: 20,
  /** A row of a page, which is read even if the operation selects nothing of it. */
  row: 1,
  /** A field that needs a call to a store or another subgraph, for all objects together or for every 200 of them. */
  read: 400,
  /** A field or spread of the document, or two of its tokens, which are parsed, validated and planned. */
  size: 8,
} as const;

/** The default and the maximum size of a page. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** The size of lists in introspection: they are nested, but served from memory. */
export const INTROSPECTION_LIST = 5;

export const BODY_BYTES = 100 * 1024;

/** How much of a body is read and dropped if it is answered before its end, so that the client reads the response. */
export const UNREAD = { bytes: 8 * 1024 * 1024, ms: 3_000 } as const;

/** How long a client may take to send a whole request. */
export const RECEIVE_TIMEOUT_MS = 15_000;
