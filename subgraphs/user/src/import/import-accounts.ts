import { createOutbox } from '@tintype/events';
import { DEFAULT_LANGUAGE } from '@tintype/language';
import { query, statement, transaction } from '@tintype/postgres';
import type { UserEvents } from '@tintype/schema/events/user';
import type { Resources } from '@tintype/service';
import type { NewAccount } from '#account/account.model.ts';
import { uniqueForm } from '#account/account.rules.ts';

const BATCH = 1000;

const ADD_ACCOUNTS = statement(
  'import_accounts',
  `INSERT INTO "user".account (id, username, username_key, email, email_key, display_name, language, email_verified_at)
   SELECT *, now() FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])`,
);
const ADD_CREDENTIALS = statement(
  'import_credentials',
  'INSERT INTO "user".credential (user_id, password_hash) SELECT * FROM unnest($1::bigint[], $2::text[])',
);

/**
 * Imports accounts from another system, with the same rows and events as registrations, in batches of 1,000. Names and
 * addresses must already be unique, and the addresses count as verified.
 *
 * @returns ids in the order of the accounts
 */
export async function importAccounts(
  resources: Pick<Resources, 'database' | 'ids'>,
  accounts: readonly NewAccount[],
): Promise<bigint[]> {
  const { database, ids } = resources;
  const outbox = createOutbox<UserEvents>({ owner: 'user', ids });
  const imported: bigint[] = [];
  for (let from = 0; from < accounts.length; from += BATCH) {
    const batch = accounts.slice(from, from + BATCH).map((account) => ({ ...account, id: ids.next() }));
    await transaction(database.pool, async (tx) => {
      await query(tx, ADD_ACCOUNTS, [
        batch.map((account) => account.id),
        batch.map((account) => account.username),
        batch.map((account) => uniqueForm(account.username)),
        batch.map((account) => account.email),
        batch.map((account) => uniqueForm(account.email)),
        batch.map((account) => account.displayName),
        batch.map(({ language = DEFAULT_LANGUAGE }) => language),
      ]);
      await query(tx, ADD_CREDENTIALS, [
        batch.map((account) => account.id),
        batch.map((account) => account.passwordHash),
      ]);
      await outbox.append(
        tx,
        batch.map(({ id, username, displayName }) => ({
          type: 'tintype.user.account.registered.v1',
          subject: String(id),
          data: { userId: String(id), username, displayName, isPrivate: false, visibilityVersion: '1' },
        })),
      );
      await outbox.append(
        tx,
        batch.flatMap(({ id, language = DEFAULT_LANGUAGE }) =>
          language === DEFAULT_LANGUAGE
            ? []
            : [
                {
                  type: 'tintype.user.language.changed.v1' as const,
                  subject: String(id),
                  data: { userId: String(id), language },
                },
              ],
        ),
      );
    });
    imported.push(...batch.map((account) => account.id));
  }
  return imported;
}
