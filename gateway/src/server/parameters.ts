import type { FastifyRequest } from 'fastify';

/** The parts of a GraphQL request that limits look at: read leniently, whoever runs it names what is wrong with them. */
export type Parameters = {
  query: string | undefined;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  /** Where only the hash of a persisted query was sent. */
  hash: string | undefined;
};

/** Reads from the same places as Apollo Server: the body of a POST, the query string of a GET. */
export function readParameters(request: Pick<FastifyRequest, 'method' | 'url' | 'body'>): Parameters {
  const source = request.method === 'GET' ? fromSearch(request.url) : request.body;
  if (!isRecord(source)) return { query: undefined, operationName: undefined, variables: {}, hash: undefined };
  const persisted = isRecord(source.extensions) ? source.extensions.persistedQuery : undefined;
  const hash = isRecord(persisted) ? persisted.sha256Hash : undefined;
  return {
    query: textOf(source.query),
    operationName: textOf(source.operationName),
    variables: isRecord(source.variables) ? source.variables : {},
    hash: source.query === undefined ? textOf(hash) : undefined,
  };
}

function fromSearch(url: string): Record<string, unknown> {
  const search = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const json = (name: string): unknown => {
    try {
      return JSON.parse(search.get(name) ?? '');
    } catch {
      return undefined;
    }
  };
  return {
    query: search.get('query') ?? undefined,
    operationName: search.get('operationName') ?? undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
