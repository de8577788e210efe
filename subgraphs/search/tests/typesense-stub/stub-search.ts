import { editDistance } from '#text/edit-distance.rules.ts';
import { matcherOf } from './stub-filter.ts';

export type StubDocument = { id: string; popularity: number } & Record<string, unknown>;
export type StubCollection = {
  schema: { name: string; fields: { name: string; type: string }[]; synonym_sets?: string[] };
  /** Newest last. */
  documents: Map<string, StubDocument>;
  created: number;
};

type Parameters = Record<string, unknown>;
type Hit = { document: StubDocument; text_match: number };
type Asked = { token: string; cost: number; prefix: boolean };

/** Runs one search according to the documentation of its parameters. Unsupported parameters are refused. */
export function searchStub(collection: StubCollection, search: Parameters, synonyms: readonly string[][]) {
  const { q, query_by: field, offset = 0, limit = 10, filter_by: filter = '' } = search;
  if (Number(limit) > 250) return { code: 422, error: 'Only upto 250 hits can be fetched per page.' };
  if (search.drop_tokens_threshold !== 0) return { code: 400, error: 'the stub drops no tokens' };
  if (!collection.schema.fields.some(({ name }) => name === field)) {
    return { code: 404, error: `Could not find a field named \`${field}\` in the schema.` };
  }
  if (emptyFilter(String(filter))) return { code: 400, error: 'Filter value cannot be empty.' };
  // Equal documents are ordered newest first.
  const shown = [...collection.documents.values()].reverse().filter(matcherOf(String(filter)));
  const found =
    q === '*' || tokenized(String(q)) === ''
      ? shown.map((document) => ({ document, text_match: 0 }))
      : fuzzy(shown, search, synonyms);
  const sorted = sortHits(found, String(search.sort_by));
  const left = new Set(String(search.exclude_fields ?? '').split(','));
  const hits = sorted.slice(Number(offset), Number(offset) + Number(limit)).map(({ document, text_match }) => ({
    document: Object.fromEntries(Object.entries(document).filter(([name]) => !left.has(name))),
    highlight: {},
    highlights: [],
    text_match,
  }));
  return {
    facet_counts: [],
    found: found.length,
    out_of: collection.documents.size,
    page: 1,
    request_params: { collection_name: collection.schema.name, q: String(q), per_page: Number(limit) },
    search_cutoff: false,
    search_time_ms: 0,
    hits,
  };
}

/** Characters that the server's tokenizer drops as standalone accents. */
function tokenized(text: string): string {
  return text.replace(/[\u02b0-\u02ff]/g, '');
}

function emptyFilter(filter: string): boolean {
  return [...filter.matchAll(/`([^`]*)`/g)].some(([, value]) => tokenized(value ?? '') === '');
}

/** Allows one more edit at a time until there are enough results, up to the limit for each token's length. */
function fuzzy(documents: readonly StubDocument[], search: Parameters, synonyms: readonly string[][]): Hit[] {
  const tokens = String(search.q).split(/\s+/);
  const known = indexWordsOf(documents, String(search.query_by));
  const found = new Map<string, Hit>();
  const add = (asked: readonly (readonly Asked[])[], score: number) => {
    const sets = asked.map((ways) => new Set(ways.flatMap((way) => candidates(known, way, search))));
    for (const document of documents) {
      if (found.has(document.id)) continue;
      const own = textsOf(document, String(search.query_by));
      if (sets.every((set) => own.some((word) => set.has(word))))
        found.set(document.id, { document, text_match: score });
    }
  };
  for (let cost = 0; cost <= Number(search.num_typos); cost++) {
    const asked = tokens.map((token, index) => {
      const most = allowedEdits(token, search);
      const prefix = search.prefix === true && index === tokens.length - 1;
      return Array.from({ length: Math.min(cost, most) + 1 }, (_, edits) => ({ token, cost: edits, prefix }));
    });
    add(asked, 1000 - cost);
    if (found.size >= Number(search.typo_tokens_threshold ?? 100)) break;
  }
  if (search.enable_synonyms === true) {
    const same = (token: string) => synonyms.filter((group) => group.includes(token)).flat();
    add(
      tokens.map((token) => [token, ...same(token)].map((word) => ({ token: word, cost: 0, prefix: false }))),
      500,
    );
  }
  return [...found.values()];
}

function allowedEdits(token: string, { min_len_1typo: one = 4, min_len_2typo: two = 7 }: Parameters): number {
  const length = [...token].length;
  return length >= Number(two) ? 2 : length >= Number(one) ? 1 : 0;
}

/** Words at exactly this distance, with the most popular document first, up to the limit of the search. */
function candidates(known: ReadonlyMap<string, number>, { token, cost, prefix }: Asked, search: Parameters): string[] {
  const near = [...known.keys()].filter((word) => editDistance(token, word, 2, prefix) === cost);
  near.sort((a, b) => known.get(b)! - known.get(a)!);
  return near.slice(0, Number(search.max_candidates ?? 10));
}

function indexWordsOf(documents: readonly StubDocument[], field: string): Map<string, number> {
  const words = new Map<string, number>();
  for (const document of documents) {
    for (const word of textsOf(document, field)) words.set(word, Math.max(words.get(word) ?? 0, document.popularity));
  }
  return words;
}

function textsOf(document: StubDocument, field: string): string[] {
  return [document[field]].flat().map(String);
}

function sortHits(hits: readonly Hit[], sortBy: string): Hit[] {
  const keys = sortBy.split(',').map((key) => key.split(':') as [string, string]);
  const read = ({ document, text_match }: Hit, name: string) => (name === '_text_match' ? text_match : document[name]);
  return hits.toSorted((a, b) => {
    for (const [name, order] of keys) {
      const difference = Number(read(b, name)) - Number(read(a, name));
      if (difference !== 0) return order === 'desc' ? difference : -difference;
    }
    return 0;
  });
}
