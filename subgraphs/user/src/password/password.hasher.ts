import { hash, verify } from '@node-rs/argon2';
import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { RequestError } from '@tintype/graphql';
import { normalisePassword } from './password.rules.ts';

/** The library's const enum, which cannot be imported by erasing types. */
const ARGON2ID = 2;

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane; 80 to 109 a second on two cores. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** Hashing takes a core for 10 ms and 19 MiB: more at once would only make all of them wait, in memory. */
const BOUNDS = { atOnce: 2, waiting: 200 };

export type PasswordHasher = {
  /** A PHC string. @throws RequestError OVERLOADED where too many wait already */
  hash(password: string): Promise<string>;
  /** Compares with a dummy where there is no account, so that the time tells nothing. @throws RequestError OVERLOADED */
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
    matches: (password, passwordHash) =>
      bounded(async () => {
        dummy ??= hashNow('nobody has this password');
        const equal = await verify(passwordHash ?? (await dummy), normalisePassword(password));
        return equal && passwordHash !== null;
      }),
  };
}
