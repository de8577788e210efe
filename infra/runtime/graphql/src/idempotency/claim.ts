import { createHash } from 'node:crypto';
import type { Identity } from '@tintype/viewer';
import type { GraphQLResolveInfo } from 'graphql';

/** A mutation that its client may repeat: the same key and input stand for the same write. */
export type Claim = {
  /** The account that the result belongs to. The result is deleted with it. */
  userId: bigint;
  key: Uint8Array;
  inputHash: Uint8Array;
};

/**
 * The claim of a client for one field of a mutation. A document may have several fields, so the alias is part of the
 * claim.
 *
 * @param userId the viewer, or null before somebody has logged in
 * @param input what makes two mutations the same
 * @returns null if the client sent no key
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

/** The same text for objects with the same fields in any order. Undefined fields are left out. */
function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)));
}
