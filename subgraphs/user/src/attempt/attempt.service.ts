import type { IdGenerator } from '@tintype/ids';
import { type Executor, transaction } from '@tintype/postgres';
import { counter } from '@tintype/telemetry';
import type pg from 'pg';
import { addNotice } from '#mail/account-mail.repository.ts';
import type { PasswordHasher } from '#password/password.hasher.ts';
import { type InputError, inputError } from '../errors.ts';
import {
  countAttempt,
  eraseNetworks,
  eraseOtherNetworks,
  forgetAttempts,
  forgetAttemptsExcept,
  knowNetwork,
  noteNotice,
  uncountAttempt,
} from './attempt.repository.ts';
import {
  type AttemptedSecret,
  type AttemptKeys,
  type AttemptSubject,
  attemptKeys,
  codeKeys,
  NOTICE_TRIES,
  networkKey,
} from './attempt.rules.ts';

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
  /**
   * Compares a code of the second factor, unless there were too many attempts with a wrong one.
   *
   * @param matches compares it, and uses it up if it is right
   * @returns CODE_WRONG, TOO_MANY_ATTEMPTS, or null if the code is right
   */
  checkCode(
    userId: bigint,
    matches: () => Promise<boolean>,
  ): Promise<InputError<'CODE_WRONG' | 'TOO_MANY_ATTEMPTS'> | null>;
  /** After the owner of an account set a new password. Wrong codes still count: whoever reads the mail has none. */
  forgetPasswords(tx: Executor, userId: bigint): Promise<void>;
  /** After the owner of an account set a new password on this network, which stays known. */
  forgetOtherNetworks(tx: Executor, userId: bigint, network: string | undefined): Promise<void>;
  /** Records a login from a network. */
  know(userId: bigint, network: string | undefined): Promise<void>;
};

/**
 * Limits the attempts per account and kind of identifier, from whatever addresses. Counts in Postgres, so it also works
 * while Redis is unavailable.
 */
export function createAttemptService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  passwords: PasswordHasher;
  secret: string;
}): AttemptService {
  const { pool, ids, passwords, secret } = deps;
  const attempts = counter('user_attempts_total', 'Passwords and codes that were tried', ['secret', 'outcome']);

  /** Once for all wrong attempts in a row. If the process ends before it, the next attempt makes up for it. */
  const notify = (userId: bigint, key: Uint8Array, secret: AttemptedSecret): Promise<void> =>
    transaction(pool, async (tx) => {
      if (!(await noteNotice(tx, key))) return;
      const kind = secret === 'password' ? 'WRONG_PASSWORDS' : 'WRONG_CODES';
      await addNotice(tx, { id: ids.next(), userId, kind });
    });

  /**
   * Counts an attempt and makes it.
   *
   * @returns null if it was right, `wrong` if not, or how long to wait in milliseconds
   */
  const attempt = async (
    keys: AttemptKeys,
    secret: AttemptedSecret,
    matches: () => Promise<boolean>,
  ): Promise<null | 'wrong' | number> => {
    const { key, tries, isNoticed, waitMs } = await countAttempt(pool, keys);
    if (waitMs > 0) {
      attempts.inc({ secret, outcome: 'delayed' });
      return waitMs;
    }
    let isRight: boolean;
    try {
      isRight = await matches();
    } catch (error) {
      await uncountAttempt(pool, key);
      throw error;
    }
    attempts.inc({ secret, outcome: isRight ? 'right' : 'wrong' });
    if (isRight) {
      await forgetAttempts(pool, key);
      return null;
    }
    if (keys.userId !== null && tries >= NOTICE_TRIES[secret] && !isNoticed) await notify(keys.userId, key, secret);
    return 'wrong';
  };

  return {
    async check({ subject, password, passwordHash, network }) {
      const keys = attemptKeys(subject, network, secret);
      const outcome = await attempt(keys, 'password', () => passwords.matches(password, passwordHash));
      if (outcome === 'wrong') return inputError('PASSWORD_WRONG', 'password');
      if (outcome !== null) return tooMany('password', outcome);
      if (keys.userId !== null && keys.network !== null) await knowNetwork(pool, keys.userId, keys.network);
      return null;
    },

    async checkCode(userId, matches) {
      const outcome = await attempt(codeKeys(userId, secret), 'code', matches);
      if (outcome === null) return null;
      return outcome === 'wrong' ? inputError('CODE_WRONG', 'code') : tooMany('code', outcome);
    },

    forgetPasswords: (tx, userId) => forgetAttemptsExcept(tx, userId, codeKeys(userId, secret).everyone),

    async forgetOtherNetworks(tx, userId, network) {
      if (network === undefined) await eraseNetworks(tx, userId);
      else await eraseOtherNetworks(tx, userId, networkKey(userId, network, secret));
    },

    async know(userId, network) {
      if (network !== undefined) await knowNetwork(pool, userId, networkKey(userId, network, secret));
    },
  };
}

function tooMany(attempted: AttemptedSecret, waitMs: number): InputError<'TOO_MANY_ATTEMPTS'> {
  const seconds = Math.ceil(waitMs / 1000);
  return inputError('TOO_MANY_ATTEMPTS', attempted, `Too many wrong ${attempted}s. Try again in ${seconds} s.`);
}
