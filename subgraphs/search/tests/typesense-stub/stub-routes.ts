import { matcherOf } from './stub-filter.ts';
import { type StubCollection, type StubDocument, searchStub } from './stub-search.ts';
import type { StubRequest } from './stub-server.ts';

export type Answer = { status: number; body: unknown; type?: string };
type Parts = { request: StubRequest; name: string };
type SynonymSet = { items: { id: string; synonyms: string[] }[] };

const MISSING: Answer = { status: 404, body: { message: 'Not FoundHit' } };

/** What each endpoint does, on collections, aliases and synonym sets in memory. */
export function createStubRoutes(options: {
  isRefused(document: { id: string }): boolean;
}): (request: StubRequest) => Answer {
  const collections = new Map<string, StubCollection>();
  const aliases = new Map<string, string>();
  const synonymSets = new Map<string, SynonymSet>();
  const resolve = (name: string) => collections.get(aliases.get(name) ?? name);

  function createOne({ request }: Parts): Answer {
    const schema = JSON.parse(request.body) as StubCollection['schema'];
    if (collections.has(schema.name)) {
      return { status: 409, body: { message: `A collection with name \`${schema.name}\` already exists.` } };
    }
    const unknown = (schema.synonym_sets ?? []).find((set) => !synonymSets.has(set));
    if (unknown) return { status: 400, body: { message: `Synonym set ${unknown} not found.` } };
    const collection = { schema, documents: new Map(), created: Math.floor(Date.now() / 1000) };
    collections.set(schema.name, collection);
    return { status: 201, body: shown(collection) };
  }

  function importAll({ request, name }: Parts): Answer {
    const collection = resolve(name);
    if (!collection) return MISSING;
    const results = request.body.split('\n').map((line) => {
      const document = JSON.parse(line) as StubDocument;
      const wrong = collection.schema.fields.find(({ name: field }) => document[field] === undefined);
      if (wrong)
        return {
          success: false,
          error: `Field \`${wrong.name}\` has been declared in the schema.`,
          code: 400,
          document: line,
        };
      if (options.isRefused(document)) return { success: false, error: 'Rejected.', code: 422, document: line };
      collection.documents.delete(document.id);
      collection.documents.set(document.id, document);
      return { success: true };
    });
    // The client fails if the response ends with a newline.
    return {
      status: 200,
      type: 'text/plain; charset=utf-8',
      body: results.map((result) => JSON.stringify(result)).join('\n'),
    };
  }

  function deleteSome({ request, name }: Parts): Answer {
    const collection = resolve(name);
    if (!collection) return MISSING;
    const found = [...collection.documents.values()].filter(matcherOf(request.params.get('filter_by') ?? ''));
    for (const { id } of found) collection.documents.delete(id);
    return { status: 200, body: { num_deleted: found.length } };
  }

  function searchOne({ request, name }: Parts): Answer {
    const collection = resolve(name);
    if (!collection) return MISSING;
    const given = [...request.params].map(([key, value]) => [key, key === 'q' ? value : plain(value)]);
    const found = searchStub(collection, Object.fromEntries(given), []);
    return 'error' in found
      ? { status: found.code ?? 400, body: { message: found.error } }
      : { status: 200, body: found };
  }

  function multiSearch({ request }: Parts): Answer {
    const { searches } = JSON.parse(request.body) as { searches: ({ collection: string } & Record<string, unknown>)[] };
    const results = searches.map((search) => {
      const collection = resolve(search.collection);
      if (!collection) return { code: 404, error: 'Not found.' };
      const synonyms = (collection.schema.synonym_sets ?? []).flatMap((set) => synonymSets.get(set)?.items ?? []);
      return searchStub(
        collection,
        search,
        synonyms.map((item) => item.synonyms),
      );
    });
    return { status: 200, body: { results } };
  }

  const aliasOf = (name: string) => ({ name, collection_name: aliases.get(name) });
  const routes: [method: string, path: RegExp, handle: (parts: Parts) => Answer][] = [
    ['GET', /^\/health$/, () => ({ status: 200, body: { ok: true } })],
    ['POST', /^\/collections$/, createOne],
    ['GET', /^\/collections$/, () => ({ status: 200, body: [...collections.values()].map(shown) })],
    ['POST', /^\/collections\/([^/]+)\/documents\/import$/, importAll],
    ['DELETE', /^\/collections\/([^/]+)\/documents$/, deleteSome],
    ['GET', /^\/collections\/([^/]+)\/documents\/search$/, searchOne],
    ['GET', /^\/collections\/([^/]+)$/, ({ name }) => answered(resolve(name), shown)],
    [
      'DELETE',
      /^\/collections\/([^/]+)$/,
      ({ name }) => {
        const collection = collections.get(name);
        collections.delete(name);
        return answered(collection, shown);
      },
    ],
    ['POST', /^\/multi_search$/, multiSearch],
    ['GET', /^\/aliases\/([^/]+)$/, ({ name }) => answered(aliases.get(name), () => aliasOf(name))],
    [
      'PUT',
      /^\/aliases\/([^/]+)$/,
      ({ request, name }) => {
        aliases.set(name, (JSON.parse(request.body) as { collection_name: string }).collection_name);
        return { status: 200, body: aliasOf(name) };
      },
    ],
    [
      'DELETE',
      /^\/aliases\/([^/]+)$/,
      ({ name }) => {
        const before = aliases.get(name) === undefined ? undefined : aliasOf(name);
        aliases.delete(name);
        return answered(before, (alias) => alias);
      },
    ],
    [
      'PUT',
      /^\/synonym_sets\/([^/]+)$/,
      ({ request, name }) => {
        const set = JSON.parse(request.body) as SynonymSet;
        synonymSets.set(name, set);
        return { status: 200, body: { name, ...set } };
      },
    ],
    [
      'DELETE',
      /^\/synonym_sets\/([^/]+)$/,
      ({ name }) => {
        const set = synonymSets.get(name);
        synonymSets.delete(name);
        return answered(set, () => ({ name }));
      },
    ],
    ['GET', /^\/synonym_sets\/([^/]+)$/, ({ name }) => answered(synonymSets.get(name), (set) => ({ name, ...set }))],
  ];

  return (request) => {
    for (const [method, path, handle] of routes) {
      const found = method === request.method ? path.exec(request.path) : null;
      if (found) return handle({ request, name: decodeURIComponent(found[1] ?? '') });
    }
    return MISSING;
  };
}

function shown({ schema, documents, created }: StubCollection) {
  return { ...schema, num_documents: documents.size, created_at: created };
}

/** Parses numbers and booleans of a query string. */
function plain(value: string): string | number | boolean {
  return /^(true|false|\d+)$/.test(value) ? (JSON.parse(value) as number | boolean) : value;
}

function answered<T>(found: T | undefined, body: (found: T) => unknown): Answer {
  return found === undefined ? MISSING : { status: 200, body: body(found) };
}
