import { createHash, timingSafeEqual } from 'node:crypto';
import { RequestError } from './errors.ts';

const CHECKSUM_BYTES = 6;
/** Parts are compared with `int8` columns of Postgres. */
const MAX_PART = 2n ** 63n - 1n;

/**
 * An opaque position in a list: its sort key, with a checksum so that modified cursors and those of other lists give a
 * clear error. It contains no secrets. Somebody who forges one only gets another page of what they may see anyway.
 *
 * @param kind identifies the list, such as `followers:<user id>`
 */
export function encodeCursor(kind: string, parts: readonly (bigint | number)[]): string {
  const body = parts.map((part) => part.toString(36)).join('.');
  return Buffer.concat([checksum(kind, body), Buffer.from(body)]).toString('base64url');
}

/** @throws RequestError BAD_CURSOR */
export function decodeCursor(kind: string, cursor: string, arity: number): bigint[] {
  const bytes = cursor.length <= 200 ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
  const body = bytes.subarray(CHECKSUM_BYTES).toString();
  const given = bytes.subarray(0, CHECKSUM_BYTES);
  const right = checksum(kind, body);
  // Decoding ignores characters that are not base64url, so the text is compared with the right encoding.
  const isOurs =
    bytes.toString('base64url') === cursor && given.length === right.length && timingSafeEqual(given, right);
  if (!isOurs) throw badCursor();
  const parts = body.split('.').map(parseBase36);
  if (parts.length !== arity) throw badCursor();
  return parts;
}

function checksum(kind: string, body: string): Buffer {
  return createHash('sha256').update(`${kind}:${body}`).digest().subarray(0, CHECKSUM_BYTES);
}

function parseBase36(text: string): bigint {
  if (!/^[0-9a-z]{1,13}$/.test(text)) throw badCursor();
  let value = 0n;
  for (const digit of text) value = value * 36n + BigInt(Number.parseInt(digit, 36));
  if (value > MAX_PART) throw badCursor();
  return value;
}

function badCursor(): RequestError {
  return new RequestError(
    'BAD_CURSOR',
    'This cursor does not belong to this list. Use a cursor from another page of the same list.',
  );
}
