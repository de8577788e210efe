import type { FastifyRequest } from 'fastify';
import { GatewayError } from '#errors/errors.ts';
import { faultOf } from './json-value.rules.ts';

/** The parameters of a GraphQL request, with the types that the specification of GraphQL over HTTP defines. */
export type Parameters = {
  query: string | undefined;
  operationName: string | undefined;
  variables: Readonly<Record<string, unknown>>;
  /** SHA-256 of a persisted query, in hexadecimal. */
  hash: string | undefined;
};

/**
 * Reads the body of a POST or the query string of a GET. This is the only place that reads them. Absent and null are
 * the same.
 *
 * @throws GatewayError BAD_REQUEST
 */
export function readParameters(request: Pick<FastifyRequest, 'method' | 'url' | 'body'>): Parameters {
  const source = request.method === 'GET' ? fromSearch(request.url) : request.body;
  if (Array.isArray(source)) throw bad('Send one operation per request: batches are not supported.');
  if (!isRecord(source)) throw bad('The body must be a JSON object.');
  return {
    query: textOf(source, 'query'),
    operationName: textOf(source, 'operationName'),
    variables: recordOf(source, 'variables') ?? {},
    hash: hashOf(recordOf(source, 'extensions')),
  };
}

function fromSearch(url: string): Record<string, unknown> {
  const start = url.indexOf('?');
  const search = new URLSearchParams(start < 0 ? '' : url.slice(start));
  const text = (name: string): string | undefined => {
    const [value, ...others] = search.getAll(name);
    if (others.length > 0) throw bad(`The parameter ${name} may be given only once.`);
    return value;
  };
  const json = (name: string): unknown => {
    const value = text(name);
    if (value === undefined) return undefined;
    const parsed = parseJson(name, value);
    const fault = faultOf(parsed);
    if (fault) throw bad(`The parameter ${name} has ${fault}.`);
    return parsed;
  };
  return {
    query: text('query'),
    operationName: text('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
  };
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw bad(`The parameter ${name} must be JSON.`);
  }
}

function hashOf(extensions: Record<string, unknown> | undefined): string | undefined {
  const persisted = extensions && recordOf(extensions, 'persistedQuery');
  if (!persisted) return undefined;
  if (persisted.version !== 1) throw bad('Only version 1 of persisted queries is supported.');
  const { sha256Hash } = persisted;
  if (typeof sha256Hash !== 'string' || !/^[0-9a-f]{64}$/.test(sha256Hash))
    throw bad('The parameter sha256Hash must be a SHA-256 hash in hexadecimal, in lower case.');
  return sha256Hash;
}

function textOf(source: Record<string, unknown>, name: string): string | undefined {
  const value = given(source, name);
  if (value !== undefined && typeof value !== 'string') throw bad(`The parameter ${name} must be a string.`);
  return value;
}

function recordOf(source: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const value = given(source, name);
  if (value !== undefined && !isRecord(value)) throw bad(`The parameter ${name} must be a JSON object.`);
  return value;
}

function given(source: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(source, name) ? (source[name] ?? undefined) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(message: string): GatewayError {
  return new GatewayError('BAD_REQUEST', message);
}
