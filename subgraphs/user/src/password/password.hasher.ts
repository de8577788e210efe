import { hash, verify } from '@node-rs/argon2';
import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { RequestError } from '@tintype/graphql';
import { normalisePassword } from './password.rules.ts';

/** The library has a const enum for this, which type stripping cannot import. */
const ARGON2ID = 2;

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. Two cores hash 80 to 109 a second. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** How PHC strings with these parameters start. */
const PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** Hashing takes a core for 10 ms, and 19 MiB. More at once would only wait longer and use more memory. */
const BOUNDS = { atOnce: 2, waiting: 200 };

export type PasswordHasher = {
  /** Returns a PHC string. @throws RequestError OVERLOADED if too many are waiting */
  hash(password: string): Promise<string>;
  /** Whether a hash was made with other parameters than those of new hashes. */
  isOutdated(passwordHash: string): boolean;
  /** Compares with a dummy if there is no account, so that the time reveals nothing. @throws RequestError OVERLOADED */
  matches(password: string, passwordHash: string | null): Promise<boolean>;
};

export function createPasswordHasher(): PasswordHasher {
  const enter = createBulkhead(BOUNDS);
  const bounded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await enter(work);
    } catch (error) {
      if (!(error instanceof BulkheadFullError)) throw error;
      throw new RequestError('OVERLOADED', 'Too many people are logging in. Try again in a moment.');
    }
  };

  const hashNow = (password: string) => hash(normalisePassword(password), PARAMETERS);
  let dummy: Promise<string> | undefined;

  return {
    hash: (password) => bounded(() => hashNow(password)),
    isOutdated: (passwordHash) => !passwordHash.startsWith(PREFIX),
    matches: (password, passwordHash) =>
      bounded(async () => {
        dummy ??= hashNow('nobody has this password');
        const equal = await verify(passwordHash ?? (await dummy), normalisePassword(password));
        return equal && passwordHash !== null;
      }),
  };
}
