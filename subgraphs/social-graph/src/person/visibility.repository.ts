import { type Executor, query, statement } from '@tintype/postgres';
import type { Visibility } from './person.model.ts';

const PERSON_APPLY = statement(
  'person_apply',
  `INSERT INTO social_graph.person AS p (user_id, is_private, deactivated, deleted, visibility_version, account_version)
   VALUES ($1, coalesce($2?, true), $3, $4, $5, $6)
   ON CONFLICT (user_id) DO UPDATE SET is_private = coalesce($2, p.is_private), deactivated = excluded.deactivated,
     deleted = excluded.deleted, visibility_version = excluded.visibility_version,
     account_version = greatest(p.account_version, excluded.account_version), unconfirmed_since = NULL
   WHERE NOT p.deleted AND (excluded.deleted
     OR (excluded.visibility_version, excluded.account_version) > (p.visibility_version, p.account_version)
     OR (p.unconfirmed_since IS NOT NULL AND excluded.visibility_version = p.visibility_version))`,
);

/**
 * Stores the visibility of an account, unless something newer is stored. A change that was announced before its commit
 * is replaced by whatever was committed under the same version. A deletion replaces everything, and nothing replaces
 * it. Somebody who is not known yet counts as private until an event says otherwise.
 */
export async function applyVisibility(executor: Executor, visibility: Visibility): Promise<void> {
  await query(executor, PERSON_APPLY, [
    visibility.id,
    visibility.isPrivate,
    visibility.isDeactivated,
    visibility.isDeleted,
    visibility.visibilityVersion,
    visibility.sequence,
  ]);
}

const PERSON_IS_PUBLIC = statement(
  'person_is_public',
  `SELECT 1 FROM social_graph.person WHERE user_id = $1 AND visibility_version = $2
  AND NOT (is_private OR deactivated OR deleted) AND unconfirmed_since IS NULL`,
);

/** Whether the account is public, and this version is the newest. */
export async function isPublicSince(executor: Executor, id: bigint, visibilityVersion: bigint): Promise<boolean> {
  return (await query(executor, PERSON_IS_PUBLIC, [id, visibilityVersion])).length > 0;
}

const PERSON_HIDE = statement(
  'person_hide',
  `INSERT INTO social_graph.person AS p (user_id, is_private, deactivated, visibility_version, unconfirmed_since)
   VALUES ($1, $2, $3, $4, now())
   ON CONFLICT (user_id) DO UPDATE SET is_private = p.is_private OR excluded.is_private,
     deactivated = p.deactivated OR excluded.deactivated, visibility_version = excluded.visibility_version,
     unconfirmed_since = excluded.unconfirmed_since
   WHERE p.visibility_version < excluded.visibility_version
     OR (p.visibility_version = excluded.visibility_version AND p.unconfirmed_since IS NOT NULL)`,
);

/**
 * Hides an account before the commit that will have this version. It never shows a hidden account. Something newer
 * stays, too: the user subgraph will then find that the version is taken, and commit nothing.
 */
export async function hidePerson(
  executor: Executor,
  hidden: Pick<Visibility, 'id' | 'isDeactivated' | 'visibilityVersion'> & { isPrivate: boolean },
): Promise<void> {
  await query(executor, PERSON_HIDE, [hidden.id, hidden.isPrivate, hidden.isDeactivated, hidden.visibilityVersion]);
}

const PERSON_UNCONFIRMED = statement(
  'person_unconfirmed',
  `SELECT user_id AS id, visibility_version AS "visibilityVersion" FROM social_graph.person
  WHERE unconfirmed_since <= now() - $1 * interval '1 millisecond' ORDER BY unconfirmed_since LIMIT $2`,
);

/** People whose change was announced so long ago that its commit must have succeeded or failed, the oldest first. */
export function listUnconfirmed(
  executor: Executor,
  afterMs: number,
  limit: number,
): Promise<{ id: bigint; visibilityVersion: bigint }[]> {
  return query(executor, PERSON_UNCONFIRMED, [afterMs, limit]);
}
