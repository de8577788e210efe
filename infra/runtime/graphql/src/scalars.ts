import { parseGlobalId, type SnowflakeType } from '@tintype/ids';
import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { RequestError } from './errors.ts';

/** RFC 3339 in UTC, from a Date or milliseconds since the Unix epoch. A Date in resolvers. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    if (typeof value === 'number') return new Date(value).toISOString();
    throw new TypeError('A DateTime is made from a Date or from milliseconds.');
  },
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function parseDateTime(value: unknown): Date {
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value)) {
    const date = new Date(value);
    if (!Number.isNaN(date.getTime())) return date;
  }
  throw new GraphQLError('A DateTime is a text such as 2026-11-20T21:47:03.120Z.');
}

const MAX_SNOWFLAKE = 2n ** 63n - 1n;

/** An ID or version in fields between subgraphs: 0 to 2^63 - 1, a decimal string in JSON and a bigint in resolvers. */
export const Snowflake = new GraphQLScalarType<bigint, string>({
  name: 'Snowflake',
  serialize: String,
  parseValue: parseSnowflake,
  parseLiteral: (node) => parseSnowflake(node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined),
});

function parseSnowflake(value: unknown): bigint {
  const id = typeof value === 'string' && /^\d{1,19}$/.test(value) ? BigInt(value) : null;
  if (id === null || id > MAX_SNOWFLAKE) throw new GraphQLError('A Snowflake is a decimal string.');
  return id;
}

/**
 * The ID of an entity to which another subgraph refers. @throws RequestError BAD_ID if it is of another type, which is
 * a bug
 */
export function requireGlobalId(type: SnowflakeType, text: string): bigint {
  const id = parseGlobalId(type, text);
  if (id === null) throw new RequestError('BAD_ID', `This is not the ID of a ${type}.`);
  return id;
}
