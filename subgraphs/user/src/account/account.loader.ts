import { createLoader, type Loader } from '@tintype/graphql';
import type { Executor } from '@tintype/postgres';
import type { AccountModel } from './account.model.ts';
import { findAccounts } from './account.repository.ts';

export function createAccountLoader(pool: Executor): Loader<bigint, AccountModel> {
  return createLoader(async (ids) => {
    const accounts = await findAccounts(pool, ids);
    return new Map(accounts.map((account) => [String(account.id), account]));
  });
}
