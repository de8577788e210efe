import type { Remember } from '@tintype/graphql';
import type { BannedWords } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { DEFAULT_LANGUAGE, type Language } from '@tintype/language';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type pg from 'pg';
import type { AttemptService } from '#attempt/attempt.service.ts';
import { markEmailVerified } from '#email/email.repository.ts';
import type { CreateAccountErrorCode, CreateAccountWithProviderErrorCode } from '#generated/graphql.ts';
import type { ProviderAccount } from '#identity-provider/identity-provider.model.ts';
import {
  findLinkedIdentity,
  insertLinkedIdentity,
  SUBJECT_KEY,
} from '#identity-provider/linked-identity.repository.ts';
import { addVerificationMail } from '#mail/account-mail.repository.ts';
import type { PasswordCheck } from '#password/password.check.ts';
import { impossibleHash, type PasswordHasher } from '#password/password.hasher.ts';
import { checkAllowed } from '#profile/allowed-text.rules.ts';
import { refuseKept, UsernameKeptError } from '#username/username.repository.ts';
import { type InputError, inputError } from '../errors.ts';
import type { AccountModel, NewAccount } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import { findAccounts, insertAccount } from './account.repository.ts';
import { checkEmail, checkText, checkUsername } from './account.rules.ts';
import { findPasswordHash } from './closure.repository.ts';

export type Registration = {
  username: string;
  email: string;
  password: string;
  displayName?: string | null;
  language: Language;
};

/** The address is that of the provider if it is missing. */
export type ProviderRegistration = Omit<Registration, 'email' | 'password'> & { email?: string | null };

/** With the hash of its password. */
type Registered = { account: AccountModel; passwordHash: string } | { errors: InputError<CreateAccountErrorCode>[] };

/** With the identity that opens its first session. */
type RegisteredWithProvider =
  | { account: AccountModel; linkedIdentityId: bigint }
  | { errors: InputError<Exclude<CreateAccountWithProviderErrorCode, 'SIGN_UP_INVALID'>>[] };

export type RegistrationService = {
  register(input: Registration, remember: Remember): Promise<Registered>;
  /** The account that an earlier request with the same key created, if the password is right. */
  registered(id: bigint, password: string, network: string | undefined): Promise<Registered>;
  /** An account without a password, for somebody who has logged in at a provider. */
  registerWithProvider(input: ProviderRegistration, account: ProviderAccount): Promise<RegisteredWithProvider>;
};

/** New accounts. */
export function createRegistrationService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  passwords: PasswordHasher;
  checkPassword: PasswordCheck;
  attempts: AttemptService;
  publisher: AccountPublisher;
  bannedWords: BannedWords;
  /** Whether the platform sends mail. */
  hasMail: boolean;
}): RegistrationService {
  const { pool, ids, passwords, checkPassword, attempts, publisher, bannedWords, hasMail } = deps;

  type InsertError = InputError<'USERNAME_TAKEN' | 'EMAIL_TAKEN'>;

  /** @param also what else the transaction does */
  const insert = async <Result>(
    account: NewAccount & { language: Language },
    also: (tx: pg.PoolClient, inserted: AccountModel) => Promise<Result>,
  ): Promise<Result | { errors: InsertError[] }> => {
    const { username, language } = account;
    try {
      return await transaction(pool, async (tx) => {
        const id = ids.next();
        const inserted = await insertAccount(tx, id, account);
        await refuseKept(tx, username, id);
        await publisher.registered(tx, inserted);
        if (language !== DEFAULT_LANGUAGE) await publisher.languageChanged(tx, id, language);
        return also(tx, inserted);
      });
    } catch (error) {
      if (error instanceof UsernameKeptError || isUniqueViolation(error, 'username_key'))
        return { errors: [inputError('USERNAME_TAKEN', 'username')] };
      if (isUniqueViolation(error, 'email_key')) return { errors: [inputError('EMAIL_TAKEN', 'email')] };
      throw error;
    }
  };

  /** @param weak what is wrong with the password */
  const check = async <Weak extends InputError = never>(
    { username, email, displayName }: { username: string; email: string; displayName: string },
    weak: Weak | null = null,
  ) => {
    const checks = [checkUsername(username), checkEmail(email), weak, checkText('displayName', displayName)];
    const errors = checks.filter((error) => error !== null);
    return errors.length > 0 ? errors : checkAllowed({ username, displayName }, await bannedWords.current());
  };

  return {
    async register({ username, email, password, language, ...profile }, remember) {
      const displayName = nameOf(profile);
      const weak = await checkPassword(password, { username, email, displayName });
      const errors = await check({ username, email, displayName }, weak);
      if (errors.length > 0) return { errors };
      const passwordHash = await passwords.hash(password);
      return insert({ username, email, displayName, passwordHash, language }, async (tx, account) => {
        if (hasMail) await addVerificationMail(tx, { id: ids.next(), userId: account.id, email });
        await remember(tx, [String(account.id)], account.id);
        return { account, passwordHash };
      });
    },

    async registered(id, password, network) {
      const passwordHash = await findPasswordHash(pool, id);
      const error = await attempts.check({ subject: { userId: id, by: 'id' }, password, passwordHash, network });
      if (error) return { errors: [error] };
      const [account] = await findAccounts(pool, [id]);
      return account && passwordHash !== null
        ? { account, passwordHash }
        : { errors: [inputError('PASSWORD_WRONG', 'password')] };
    },

    async registerWithProvider({ username, language, ...input }, provided) {
      // Without mail, its owner could never set a password, and so could not even delete the account.
      if (!hasMail) return { errors: [inputError('MAIL_UNAVAILABLE')] };
      const taken = { errors: [inputError('IDENTITY_TAKEN', 'signUp')] };
      // A repeated request must not read that its own name or address is taken.
      if (await findLinkedIdentity(pool, provided)) return taken;
      const displayName = nameOf(input);
      const email = input.email ?? provided.email ?? '';
      const errors = await check({ username, email, displayName });
      if (errors.length > 0) return { errors };
      const account = { username, email, displayName, passwordHash: impossibleHash(), language };
      const isVerified = provided.isEmailVerified && email === provided.email;
      try {
        const outcome = await insert(account, async (tx, inserted) => {
          const { id: userId } = inserted;
          const { id } = await insertLinkedIdentity(tx, { id: ids.next(), userId }, provided);
          if (isVerified) await markEmailVerified(tx, userId);
          else await addVerificationMail(tx, { id: ids.next(), userId, email });
          return { account: inserted, linkedIdentityId: id };
        });
        return 'errors' in outcome && (await findLinkedIdentity(pool, provided)) ? taken : outcome;
      } catch (error) {
        if (isUniqueViolation(error, SUBJECT_KEY)) return taken;
        throw error;
      }
    },
  };
}

function nameOf({ displayName }: { displayName?: string | null }): string {
  return displayName?.normalize('NFC').trim() ?? '';
}
