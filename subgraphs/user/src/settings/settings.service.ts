import { findLanguage, type Language, languageOf } from '@tintype/language';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AccountPublisher } from '#account/account.publisher.ts';
import type { UpdateAccountSettingsErrorCode, UpdateAccountSettingsInput } from '#generated/graphql.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { findStoredLanguage, lockStoredLanguage, setLanguage } from './settings.repository.ts';

export type AccountSettings = { language: Language };

export type SettingsService = {
  /** @throws RequestError UNAUTHENTICATED without an active account */
  find(userId: bigint): Promise<AccountSettings>;
  /**
   * Changes the given fields only.
   *
   * @throws RequestError UNAUTHENTICATED without an active account
   */
  update(
    userId: bigint,
    input: UpdateAccountSettingsInput,
  ): Promise<{ accountSettings: AccountSettings } | { error: InputError<UpdateAccountSettingsErrorCode> }>;
};

export function createSettingsService(deps: {
  pool: pg.Pool;
  publisher: Pick<AccountPublisher, 'languageChanged'>;
}): SettingsService {
  const { pool, publisher } = deps;
  return {
    async find(userId) {
      const stored = await findStoredLanguage(pool, userId);
      if (stored === null) throw accountEnded();
      return { language: languageOf(stored) };
    },

    async update(userId, input) {
      const chosen = input.language == null ? undefined : findLanguage(input.language);
      if (chosen === null) return { error: inputError('LANGUAGE_UNSUPPORTED', 'language') };
      return transaction(pool, async (tx) => {
        const stored = await lockStoredLanguage(tx, userId);
        if (stored === null) throw accountEnded();
        const language = chosen ?? languageOf(stored);
        if (chosen !== undefined && chosen !== stored) {
          await setLanguage(tx, userId, chosen);
          await publisher.languageChanged(tx, userId, chosen);
        }
        return { accountSettings: { language } };
      });
    },
  };
}
