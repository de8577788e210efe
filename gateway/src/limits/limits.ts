/** What a document may have, fragments expanded. The reasons are in docs/limits.md. */
export const QUERY_LIMITS = {
  tokens: 2_000,
  /** Levels of fields; the deepest of our own operations has 7. */
  depth: 12,
  /** Levels under `__schema` and `__type`: the introspection query of GraphiQL has 15. */
  introspectionDepth: 17,
  aliases: 30,
  directives: 50,
  rootFields: 20,
  /** Fields and spreads: what validation and planning take time over. */
  selections: 1_500,
  /** Objects that an answer may hold at most. */
  cost: 20_000,
} as const;

/** Size of a page where `first` is absent, and the largest that a list gives. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** Size taken for a list without `first`: a post's photos, the longest of them, are 20 at most. */
export const PLAIN_LIST = 20;
/** The same for introspection, whose lists nest but are served from memory. */
export const INTROSPECTION_LIST = 5;

export const BODY_BYTES = 100 * 1024;

/** For a client to send a whole request. */
export const RECEIVE_TIMEOUT_MS = 15_000;

/** Mutations that hash passwords or issue tokens: they have a stricter bucket per address. */
export const LOGIN_FIELDS: ReadonlySet<string> = new Set([
  'logIn',
  'register',
  'refreshSession',
  'deactivateAccount',
  'deleteAccount',
]);
