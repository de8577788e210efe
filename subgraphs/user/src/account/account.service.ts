import type { Remember, SubgraphClient } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { parseGlobalId } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import { AvatarUploadReadyDocument } from '@tintype/schema/internal/post';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import type { AttemptService } from '#attempt/attempt.service.ts';
import type { CreateAccountErrorCode, UpdateProfileErrorCode } from '#generated/graphql.ts';
import { addVerificationMail } from '#mail/account-mail.repository.ts';
import type { PasswordCheck } from '#password/password.check.ts';
import type { PasswordHasher } from '#password/password.hasher.ts';
import { refuseKept, UsernameKeptError } from '#username/username.repository.ts';
import { accountEnded, type ErrorCode, type InputError, inputError } from '../errors.ts';
import type { AccountModel } from './account.model.ts';
import type { AccountPublisher } from './account.publisher.ts';
import {
  findAccounts,
  insertAccount,
  type ProfileChange,
  updateProfile as writeProfile,
} from './account.repository.ts';
import { checkEmail, checkText, checkUsername, checkWebsite } from './account.rules.ts';
import { findPasswordHash } from './closure.repository.ts';
import type { VisibilityService } from './visibility.service.ts';

export type Registration = { username: string; email: string; password: string; displayName?: string | null };
export type ProfileEdit = {
  displayName?: string | null;
  bio?: string | null;
  website?: string | null;
  isPrivate?: boolean | null;
  avatarUploadId?: string | null;
};

type Outcome<Code extends ErrorCode> = { account: AccountModel } | { errors: InputError<Code>[] };

/** With the hash of its password. */
type Registered = { account: AccountModel; passwordHash: string } | { errors: InputError<CreateAccountErrorCode>[] };

export type AccountService = {
  register(input: Registration, remember: Remember): Promise<Registered>;
  /** The account that an earlier request with the same key created, if the password is right. */
  registered(id: bigint, password: string, network: string | undefined): Promise<Registered>;
  updateProfile(identity: Identity, userId: bigint, input: ProfileEdit): Promise<Outcome<UpdateProfileErrorCode>>;
};

export function createAccountService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  passwords: PasswordHasher;
  checkPassword: PasswordCheck;
  attempts: AttemptService;
  publisher: AccountPublisher;
  visibility: VisibilityService;
  client: SubgraphClient;
  /** Whether the platform sends mail. */
  hasMail: boolean;
}): AccountService {
  const { pool, ids, passwords, checkPassword, attempts, publisher, visibility, client, hasMail } = deps;

  const uploadOf = async (identity: Identity, id: string): Promise<bigint | null> => {
    const uploadId = parseGlobalId('Upload', id);
    if (uploadId === null) return null;
    const { uploadReady } = await client.request(AvatarUploadReadyDocument, { id: String(uploadId) }, identity);
    return uploadReady ? uploadId : null;
  };

  return {
    async register({ username, email, password, displayName }, remember) {
      const name = displayName?.normalize('NFC').trim() ?? '';
      const checks = [
        checkUsername(username),
        checkEmail(email),
        await checkPassword(password, { username, email, displayName: name }),
        checkText('displayName', name),
      ];
      const errors = checks.filter((error) => error !== null);
      if (errors.length > 0) return { errors };
      const passwordHash = await passwords.hash(password);
      const id = ids.next();
      try {
        return await transaction(pool, async (tx) => {
          const account = await insertAccount(tx, id, { username, email, displayName: name, passwordHash });
          await refuseKept(tx, username, id);
          await publisher.registered(tx, account);
          if (hasMail) await addVerificationMail(tx, { id: ids.next(), userId: id, email });
          await remember(tx, [String(id)], id);
          return { account, passwordHash };
        });
      } catch (error) {
        if (error instanceof UsernameKeptError || isUniqueViolation(error, 'username_key'))
          return { errors: [inputError('USERNAME_TAKEN', 'username')] };
        if (isUniqueViolation(error, 'email_key')) return { errors: [inputError('EMAIL_TAKEN', 'email')] };
        throw error;
      }
    },

    async registered(id, password, network) {
      const passwordHash = await findPasswordHash(pool, id);
      const error = await attempts.check({ subject: { userId: id }, password, passwordHash, network });
      if (error) return { errors: [error] };
      const [account] = await findAccounts(pool, [id]);
      return account && passwordHash !== null
        ? { account, passwordHash }
        : { errors: [inputError('PASSWORD_WRONG', 'password')] };
    },

    async updateProfile(identity, userId, input) {
      const displayName = input.displayName?.normalize('NFC').trim();
      const bio = input.bio?.normalize('NFC').trim();
      const website = input.website?.trim();
      const errors = [
        displayName === undefined ? null : checkText('displayName', displayName),
        bio === undefined ? null : checkText('bio', bio),
        website === undefined ? null : checkWebsite(website),
      ].filter((error) => error !== null);
      if (errors.length > 0) return { errors };
      const change: ProfileChange = { displayName, bio, website, isPrivate: input.isPrivate ?? undefined };
      if (input.avatarUploadId != null) {
        const uploadId = await uploadOf(identity, input.avatarUploadId);
        if (uploadId === null) return { errors: [inputError('UPLOAD_NOT_FOUND', 'avatarUploadId')] };
        change.avatarUploadId = uploadId;
      }
      const write = async (tx: pg.PoolClient): Promise<Outcome<UpdateProfileErrorCode>> => {
        const account = await writeProfile(tx, userId, change);
        // Access tokens stay valid for some minutes after their account is deleted.
        if (!account) throw accountEnded();
        await publisher.updated(tx, account);
        if (change.avatarUploadId !== undefined) await publisher.avatarRequested(tx, userId, change.avatarUploadId);
        return { account };
      };
      return change.isPrivate ? visibility.hide(userId, 'private', write) : transaction(pool, write);
    },
  };
}
