import { createHmac } from 'node:crypto';

/**
 * Seconds until the next attempt after the first, second and each later wrong password in a row: five without a pause,
 * then pauses that double up to 15 minutes, which allows 100 attempts a day. Never for good, because anybody can make
 * attempts for somebody else's account.
 */
export const PAUSES_S = [0, 0, 0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900] as const;

/** What is tried: the password, or a code of the second factor, which is counted by itself. */
export type AttemptedSecret = 'password' | 'code';

/**
 * The owner of an account gets a notice at this many wrong passwords or codes in a row, which are no typing errors any
 * more. Whoever tries codes knows the password.
 */
export const NOTICE_TRIES: Readonly<Record<AttemptedSecret, number>> = { password: 10, code: 5 };

/** After this long without an attempt, an account starts again with the first pause. */
export const FORGET_S = 24 * 3600;

/** How long a network counts as known after the last login from it, and how many networks are kept. */
export const KNOWN_S = 90 * 24 * 3600;
export const MAX_KNOWN = 10;

/**
 * How a request identifies an account: by its username, by its e-mail address, or by its ID, which a session or an
 * earlier request has proved. Attempts are counted for each of them. Otherwise, wrong passwords for a username would
 * make those for an address wait, and so reveal that both belong to one account.
 */
export type IdentifiedBy = 'username' | 'email' | 'id';

/**
 * What attempts are counted by: an account, or a name without an account, so that counting does not reveal which names
 * exist.
 */
export type AttemptSubject = { userId: bigint; by: IdentifiedBy } | { unknown: string };

/** The keys are HMACs, because somebody may type their e-mail address or, by mistake, their password as the name. */
export type AttemptKeys = {
  userId: bigint | null;
  /** All attempts from anywhere. */
  everyone: Uint8Array;
  /** Attempts of the same kind from this network only. The same as `everyone` if there is no account or no network. */
  here: Uint8Array;
  /** The network, in the form that is stored for the account. */
  network: Uint8Array | null;
};

export function attemptKeys(subject: AttemptSubject, network: string | undefined, secret: string): AttemptKeys {
  if ('unknown' in subject) {
    const everyone = hmac(secret, 'name', subject.unknown);
    return { userId: null, everyone, here: everyone, network: null };
  }
  const { userId, by } = subject;
  const everyone = hmac(secret, by, String(userId));
  if (network === undefined) return { userId, everyone, here: everyone, network: null };
  const here = hmac(secret, by, String(userId), network);
  return { userId, everyone, here, network: networkKey(userId, network, secret) };
}

/** A network of an account, in the form that is stored. */
export function networkKey(userId: bigint, network: string, secret: string): Uint8Array {
  return hmac(secret, 'network', String(userId), network);
}

/**
 * Codes of an account count together, from wherever they come. Whoever tries them knows the password, so a network that
 * knows it is no better than others.
 */
export function codeKeys(userId: bigint, secret: string): AttemptKeys {
  const everyone = hmac(secret, 'code', String(userId));
  return { userId, everyone, here: everyone, network: null };
}

function hmac(secret: string, ...parts: string[]): Uint8Array<ArrayBuffer> {
  const text = ['tintype attempt v1', ...parts].join('\0');
  return new Uint8Array(createHmac('sha256', secret).update(text).digest());
}
