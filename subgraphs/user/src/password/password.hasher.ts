import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { BulkheadFullError, createBulkhead } from '@tintype/bounds';
import { RequestError } from '@tintype/graphql';
import { createBackgroundThread } from './background-thread.ts';
import { normalisePassword } from './password.rules.ts';

/** The library has a const enum for this, which type stripping cannot import. */
const ARGON2ID = 2;

/** OWASP's first choice for argon2id: 19 MiB, two passes, one lane. */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const;

/** How PHC strings with these parameters start. */
const PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** A hash that no password has: a random salt and a random result. */
export function impossibleHash(): string {
  return `${PREFIX}${randomBase64(16)}$${randomBase64(32)}`;
}

const DUMMY = impossibleHash();

/**
 * One hash runs at a time, because it takes a core for 10 ms, and 19 MiB. More at once would take them from requests
 * that do not hash.
 */
const MAX_WAITING = 200;
const OVERLOADED = 'Too many people are logging in. Try again in a moment.';

/**
 * After a hash, the thread rests for so many times as long as the hash took, so that hashing takes about an eighth of
 * the machine, and makes little work for others: a login also reads and writes Postgres. Only the next login waits for
 * the rest, which is longer the busier the machine is.
 */
export function restOf(cores: number): number {
  return Math.max(0, 8 / cores - 1);
}

const REST = restOf(availableParallelism());
const MAX_REST_MS = 100;

export type HashQuestion =
  | { kind: 'hash'; password: string; parameters: typeof PARAMETERS }
  | { kind: 'verify'; password: string; hash: string };
export type HashAnswer = { hash: string } | { isEqual: boolean };

export type PasswordHasher = {
  /** Returns a PHC string. @throws RequestError OVERLOADED if too many are waiting */
  hash(password: string): Promise<string>;
  /** Whether a hash was made with other parameters than those of new hashes. */
  isOutdated(passwordHash: string): boolean;
  /** Compares with a dummy if there is no account, so that the time reveals nothing. @throws RequestError OVERLOADED */
  matches(password: string, passwordHash: string | null): Promise<boolean>;
};

/** Hashes in a thread of low priority, one password after another. */
export function createPasswordHasher({ waiting } = { waiting: MAX_WAITING }): PasswordHasher {
  const enter = createBulkhead({ atOnce: 1, waiting });
  const ask = createBackgroundThread<HashQuestion, HashAnswer>({
    script: new URL('./hash.worker.ts', import.meta.url),
    maxWaiting: 1,
    overloaded: OVERLOADED,
  });

  /** Resolves before the rest that follows. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const workAndRest = async () => {
      const began = performance.now();
      await work().then(resolve, reject);
      const tookMs = performance.now() - began;
      await sleep(Math.min(tookMs * REST, MAX_REST_MS));
    };
    enter(workAndRest).catch((error: unknown) =>
      reject(error instanceof BulkheadFullError ? new RequestError('OVERLOADED', OVERLOADED) : error),
    );
    return promise;
  };

  const hashNow = async (password: string): Promise<string> => {
    const answer = await ask({ kind: 'hash', password: normalisePassword(password), parameters: PARAMETERS });
    if (!('hash' in answer)) throw new Error('The thread answered another question.');
    return answer.hash;
  };
  return {
    hash: (password) => inTurn(() => hashNow(password)),
    isOutdated: (passwordHash) => !passwordHash.startsWith(PREFIX),
    matches: (password, passwordHash) =>
      inTurn(async () => {
        const hash = passwordHash ?? DUMMY;
        const answer = await ask({ kind: 'verify', password: normalisePassword(password), hash });
        return 'isEqual' in answer && answer.isEqual && passwordHash !== null;
      }),
  };
}

/** Without padding, as in PHC strings. */
function randomBase64(bytes: number): string {
  return randomBytes(bytes).toString('base64').replaceAll('=', '');
}
