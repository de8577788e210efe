import { createHash } from 'node:crypto';
import type { Identity } from '@tintype/viewer';
import type { GraphQLResolveInfo } from 'graphql';

/** A mutation that its client may send again: the same key and input stand for the same write. */
export type Claim = {
  /** Whose data the result is of: it goes when their account does. */
  userId: bigint;
  key: Uint8Array;
  inputHash: Uint8Array;
};

/**
 * What a client claims for one field of a mutation. A document may have several: each is known by its name in the answer.
 *
 * @param userId the viewer, or null where nobody is logged in yet
 * @param input what makes it the same mutation
 * @returns null where the client sent no key
 */
export function claimOf(
  identity: Identity,
  info: Pick<GraphQLResolveInfo, 'fieldName' | 'path'>,
  userId: bigint | null,
  input: unknown,
): Claim | null {
  if (identity.idempotencyKey === undefined) return null;
  const scope = [String(userId ?? ''), info.fieldName, String(info.path.key), identity.idempotencyKey];
  return { userId: userId ?? 0n, key: hash(scope), inputHash: hash(input) };
}

function hash(value: unknown): Uint8Array {
  return new Uint8Array(createHash('sha256').update(JSON.stringify(value, sorted)).digest());
}

/** The same text for objects with the same fields, whatever their order; a field that is undefined is none. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
