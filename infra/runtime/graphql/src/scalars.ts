import { GraphQLScalarType } from 'graphql';
import { RequestError } from './errors.ts';

/** RFC 3339 in UTC; from a Date or milliseconds since the Unix epoch. Only an output so far. */
export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString();
    if (typeof value === 'number') return new Date(value).toISOString();
    throw new TypeError('DateTime is made from a Date or from milliseconds');
  },
});

const MAX_ID = 2n ** 63n - 1n;

/**
 * An id as a client sends it: 1 to 2^63 - 1 in decimal.
 *
 * @returns null where it cannot be an id of anything: the caller answers as for one that does not exist
 */
export function parseIdArgument(text: string): bigint | null {
  if (!/^[1-9][0-9]{0,18}$/.test(text)) return null;
  const id = BigInt(text);
  return id <= MAX_ID ? id : null;
}

/** @throws RequestError BAD_ID, for references between subgraphs, which are always right unless we are wrong */
export function requireId(text: string): bigint {
  const id = parseIdArgument(text);
  if (id === null) throw new RequestError('BAD_ID', 'An id is a decimal number.');
  return id;
}
