import { createHmac } from 'node:crypto';

/**
 * Seconds until the next password may be tried, after the first, second and every later wrong one in a row: five at once, then pauses that
 * double up to a quarter of an hour, 100 tries a day. Never for good, because anybody can make somebody else's tries fail.
 */
export const PAUSES_S = [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900] as const;

/** After this long without a try, an account starts again at the first pause. */
export const FORGET_S = 24 * 3600;

/** For this long after its last log-in, a network is known to an account; so many of them are kept. */
export const KNOWN_S = 90 * 24 * 3600;
export const MAX_KNOWN = 10;

/** What tries are counted by: an account, or a name that no account has, so that counting does not tell which names exist. */
export type AttemptSubject = { userId: bigint } | { unknown: string };

/** The keys are HMACs: what is typed as a name may be an address or, by mistake, a password. */
export type AttemptKeys = {
  userId: bigint | null;
  /** Of everybody together. */
  everyone: Uint8Array;
  /** Of this account from this network alone; the same as `everyone` where there is no account or network. */
  here: Uint8Array;
  /** The network as the account knows it. */
  network: Uint8Array | null;
};

export function attemptKeys(subject: AttemptSubject, network: string | undefined, secret: string): AttemptKeys {
  const hash = (...parts: string[]) =>
    new Uint8Array(
      createHmac('sha256', secret)
        .update(['tintype attempt v1', ...parts].join('\0'))
        .digest(),
    );
  if ('unknown' in subject) {
    const everyone = hash('name', subject.unknown);
    return { userId: null, everyone, here: everyone, network: null };
  }
  const { userId } = subject;
  const everyone = hash('account', String(userId));
  if (network === undefined) return { userId, everyone, here: everyone, network: null };
  const here = hash('account', String(userId), network);
  return { userId, everyone, here, network: here };
}
