import type { BannedWords } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountModel } from '#account/account.model.ts';
import type { AccountPublisher } from '#account/account.publisher.ts';
import { lockAccount } from '#account/account.repository.ts';
import { checkUsername, uniqueForm } from '#account/account.rules.ts';
import type { ChangeUsernameErrorCode } from '#generated/graphql.ts';
import { addNotice } from '#mail/account-mail.repository.ts';
import { checkAllowed } from '#profile/allowed-text.rules.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import {
  countFormerUsernames,
  keepFormerUsername,
  refuseKept,
  setUsername,
  UsernameKeptError,
} from './username.repository.ts';
import { MAX_CHANGES } from './username.rules.ts';

export type UsernameService = {
  change(
    userId: bigint,
    username: string,
  ): Promise<{ user: AccountModel } | { error: InputError<ChangeUsernameErrorCode> }>;
};

export function createUsernameService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  publisher: AccountPublisher;
  bannedWords: BannedWords;
}): UsernameService {
  const { pool, ids, publisher, bannedWords } = deps;

  const change = async (
    tx: pg.PoolClient,
    userId: bigint,
    username: string,
  ): Promise<{ user: AccountModel } | { error: InputError<ChangeUsernameErrorCode> }> => {
    const before = await lockAccount(tx, userId);
    if (!before) throw accountEnded();
    if (before.username === username) return { user: before };
    const isOtherCase = uniqueForm(before.username) === uniqueForm(username);
    if (!isOtherCase && (await countFormerUsernames(tx, userId)) >= MAX_CHANGES)
      return { error: inputError('TOO_MANY_CHANGES', 'username') };
    const user = await setUsername(tx, userId, username);
    await refuseKept(tx, username, userId);
    if (!isOtherCase) {
      await keepFormerUsername(tx, userId, before.username);
      await addNotice(tx, { id: ids.next(), userId, kind: 'USERNAME_CHANGED' });
    }
    await publisher.updated(tx, user);
    return { user };
  };

  return {
    async change(userId, username) {
      const invalid = checkUsername(username);
      if (invalid) return { error: invalid };
      const [notAllowed] = checkAllowed({ username }, await bannedWords.current());
      if (notAllowed) return { error: notAllowed };
      try {
        return await transaction(pool, (tx) => change(tx, userId, username));
      } catch (error) {
        if (error instanceof UsernameKeptError || isUniqueViolation(error, 'username_key'))
          return { error: inputError('USERNAME_TAKEN', 'username') };
        throw error;
      }
    },
  };
}
