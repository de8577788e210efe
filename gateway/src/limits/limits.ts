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
  /** What an operation may cost at most, in objects of the answer. */
  cost: 3_700,
} as const;

/**
 * What the parts of an operation cost, in objects of an answer. Estimated from the time of home feeds; `npm run bench -- worst-document`
 * searches for the slowest operation that they admit.
 */
export const WEIGHTS = {
  /** An object that has an id: it is looked up, checked, and often put together from several subgraphs. */
  identified: 2,
  /** Any other object, such as an edge or a rendition. */
  object: 0.25,
  /** A field without fields of its own, in each object. */
  leaf: 0.25,
  /** A page, under each object that has one: rows are looked for, and one more than the page is read. */
  page: 5,
  /** A place in the operation for which a store or another subgraph is asked: once for all objects, or for every 200 of them. */
  read: 100,
  /** A field or spread of the document, or two of its tokens: it is parsed, validated and planned. */
  size: 2,
} as const;

/** Types whose objects cost as little as those without an id: they come whole from one subgraph, and with what they are part of. */
export const PARTS: ReadonlySet<string> = new Set(['Media']);

/** What fields cost beside that, each time that they can be in the answer: they do more than find something by its key. */
export const FIELD_COSTS: ReadonlyMap<string, number> = new Map([
  ['Query.search', 500],
  ['Query.suggest', 300],
  ['Query.explore', 300],
  ['Query.peopleYouMayKnow', 300],
  // Two lists are compared.
  ['User.mutualFollowerCount', 5],
  // The newest ten posts are looked through for what the viewer may see.
  ['Hashtag.postCount', 5],
  // Up to fifty pairs are looked for in the newest posts of both hashtags.
  ['Hashtag.relatedHashtags', 200],
]);

/** Size of a page where `first` is absent, and the largest that a list gives. */
export const DEFAULT_PAGE = 20;
export const MAX_PAGE = 100;

/** Size taken for a list without `first`: a post has 20 photos at most, and a comment as many mentions. */
export const PLAIN_LIST = 20;
/** Lists of which more is known. */
export const LIST_SIZES: ReadonlyMap<string, number> = new Map([
  ['Post.hashtags', 30],
  ['Notification.actors', 3],
  ['Post.topComments', 3],
  ['SuggestionEdge.mutuals', 3],
  ['SearchEdge.highlights', 2],
  ['Suggestion.highlights', 2],
  ['Highlight.ranges', 5],
]);
/** The same for introspection, whose lists nest but are served from memory. */
export const INTROSPECTION_LIST = 5;

export const BODY_BYTES = 100 * 1024;

/** What is read and dropped of a body that is answered before its end, so that its client reads the answer. */
export const UNREAD = { bytes: 8 * 1024 * 1024, ms: 3_000 } as const;

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
