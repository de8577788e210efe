import type { IdGenerator } from '@tintype/ids';
import type { Executor } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import { addNotice } from '#mail/account-mail.repository.ts';
import type { PasswordHasher } from '#password/password.hasher.ts';
import { type InputError, inputError } from '../errors.ts';
import { countAttempt, forgetAttempts, knowNetwork, uncountAttempt } from './attempt.repository.ts';
import { type AttemptSubject, attemptKeys, NOTICE_TRIES } from './attempt.rules.ts';

export type AttemptError = InputError<'PASSWORD_WRONG' | 'TOO_MANY_ATTEMPTS'>;

/** A password that somebody entered for an account. */
export type PasswordAttempt = {
  subject: AttemptSubject;
  password: string;
  /** Null if there is no account, or it has no password. */
  passwordHash: string | null;
  network: string | undefined;
};

export type AttemptService = {
  /**
   * Compares a password, unless there were too many attempts with a wrong one.
   *
   * @returns PASSWORD_WRONG, TOO_MANY_ATTEMPTS, or null if the password is right
   * @throws RequestError OVERLOADED
   */
  check(attempt: PasswordAttempt): Promise<AttemptError | null>;
  /** Records a login from a network. */
  know(userId: bigint, network: string | undefined): Promise<void>;
};

/**
 * Limits the attempts per account, from whatever addresses. Counts in Postgres, so it also works while Redis is
 * unavailable.
 */
export function createAttemptService(deps: {
  pool: Executor;
  ids: IdGenerator;
  passwords: PasswordHasher;
  secret: string;
}): AttemptService {
  const { pool, ids, passwords, secret } = deps;
  const attempts = counter('user_password_attempts_total', 'Passwords that were tried', ['outcome']);

  return {
    async check({ subject, password, passwordHash, network }) {
      const keys = attemptKeys(subject, network, secret);
      const { key, tries, waitMs } = await countAttempt(pool, keys);
      if (waitMs > 0) {
        attempts.inc({ outcome: 'delayed' });
        return tooMany(waitMs);
      }
      let matches: boolean;
      try {
        matches = await passwords.matches(password, passwordHash);
      } catch (error) {
        await uncountAttempt(pool, key);
        throw error;
      }
      attempts.inc({ outcome: matches ? 'right' : 'wrong' });
      if (!matches) {
        if (keys.userId !== null && tries === NOTICE_TRIES)
          await addNotice(pool, { id: ids.next(), userId: keys.userId, kind: 'WRONG_PASSWORDS' });
        return inputError('PASSWORD_WRONG', 'password');
      }
      await forgetAttempts(pool, key);
      if (keys.userId !== null && keys.network !== null) await knowNetwork(pool, keys.userId, keys.network);
      return null;
    },

    async know(userId, network) {
      const keys = attemptKeys({ userId }, network, secret);
      if (keys.network !== null) await knowNetwork(pool, userId, keys.network);
    },
  };
}

function tooMany(waitMs: number): AttemptError {
  const seconds = Math.ceil(waitMs / 1000);
  return inputError('TOO_MANY_ATTEMPTS', 'password', `Too many wrong passwords. Try again in ${seconds} s.`);
}
