import { type Executor, query, statement } from '@tintype/postgres';
import { beforeVerification } from '#email/email.repository.ts';
import type { LinkedIdentityModel, ProviderAccount } from './identity-provider.model.ts';

/** The constraint that an account of a provider is linked once. */
export const SUBJECT_KEY = 'linked_identity_subject_key';

const COLUMNS = 'id, issuer, label, created_at AS "createdAt", last_used_at AS "lastUsedAt"';

const IDENTITY_INSERT = statement(
  'linked_identity_insert',
  `INSERT INTO "user".linked_identity (id, user_id, issuer, subject, label)
   VALUES ($1, $2, $3, $4, $5?) RETURNING ${COLUMNS}`,
);

/**
 * Links an account of a provider to a locked account of ours.
 *
 * @throws a violation of SUBJECT_KEY if it is linked already
 */
export async function insertLinkedIdentity(
  tx: Executor,
  { id, userId }: { id: bigint; userId: bigint },
  { issuer, subject, email, name }: ProviderAccount,
): Promise<LinkedIdentityModel> {
  return (await query(tx, IDENTITY_INSERT, [id, userId, issuer, subject, email ?? name]))[0]!;
}

const IDENTITY_LIST = statement(
  'linked_identity_list',
  `SELECT ${COLUMNS} FROM "user".linked_identity WHERE user_id = $1 ORDER BY id`,
);

/** In the order in which they were linked. */
export function listLinkedIdentities(executor: Executor, userId: bigint): Promise<LinkedIdentityModel[]> {
  return query(executor, IDENTITY_LIST, [userId]);
}

const IDENTITY_FIND = statement(
  'linked_identity_find',
  `SELECT id AS "linkedIdentityId", user_id AS "userId" FROM "user".linked_identity WHERE issuer = $1 AND subject = $2`,
);

/** @returns null if the account of the provider is not linked */
export async function findLinkedIdentity(
  executor: Executor,
  { issuer, subject }: Pick<ProviderAccount, 'issuer' | 'subject'>,
): Promise<{ linkedIdentityId: bigint; userId: bigint } | null> {
  return (await query(executor, IDENTITY_FIND, [issuer, subject]))[0] ?? null;
}

const IDENTITY_USE = statement(
  'linked_identity_use',
  'UPDATE "user".linked_identity SET last_used_at = now() WHERE id = $1',
);

/** Writes that somebody logged in with it. */
export async function writeUse(executor: Executor, id: bigint): Promise<void> {
  await query(executor, IDENTITY_USE, [id]);
}

const IDENTITY_DELETE = statement(
  'linked_identity_delete',
  'DELETE FROM "user".linked_identity WHERE id = $1 AND user_id = $2 RETURNING id',
);

/** @returns whether the account had such a link */
export async function deleteLinkedIdentity(tx: Executor, id: bigint, userId: bigint): Promise<boolean> {
  return (await query(tx, IDENTITY_DELETE, [id, userId])).length > 0;
}

const IDENTITIES_UNVERIFIED = statement(
  'linked_identities_unverified',
  `DELETE FROM "user".linked_identity i USING "user".account a
   WHERE a.id = $1 AND i.user_id = a.id AND ${beforeVerification('i.created_at')} RETURNING i.id`,
);

/** Removes the links from before the present address of a locked account was verified. @returns how many */
export async function deleteUnverifiedIdentities(tx: Executor, userId: bigint): Promise<number> {
  return (await query(tx, IDENTITIES_UNVERIFIED, [userId])).length;
}

const IDENTITIES_ERASE = statement('linked_identities_erase', 'DELETE FROM "user".linked_identity WHERE user_id = $1');

/** For a deleted account. */
export async function eraseLinkedIdentities(tx: Executor, userId: bigint): Promise<void> {
  await query(tx, IDENTITIES_ERASE, [userId]);
}
