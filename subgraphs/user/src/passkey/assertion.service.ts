import { generateAuthenticationOptions, verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { counter, type Log } from '@tintype/telemetry';
import type pg from 'pg';
import { addNotice } from '#mail/account-mail.repository.ts';
import { CHALLENGE_MS, type Challenge, type ChallengeUse, newChallenge, readChallenge } from './challenge.rules.ts';
import { readAssertion } from './credential-json.rules.ts';
import {
  findPasskey,
  listCredentialIds,
  lockSignCount,
  noteCopy,
  useChallenge,
  usePasskey,
} from './passkey.repository.ts';
import { isOfCopy, userHandleOf } from './passkey.rules.ts';
import type { RelyingParty } from './relying-party.rules.ts';

/** Who answered a challenge, with which passkey. */
export type Assertion = { userId: bigint; passkeyId: bigint };

/** ADD challenges are answered by a new passkey, not by one that exists. */
type AssertionUse = Exclude<ChallengeUse, { purpose: 'ADD' }>;

export type AssertionService = {
  /** The options of WebAuthn for a login, as JSON. They depend on nothing that is stored. */
  logInOptions(): Promise<string>;
  /** The options for a change that the viewer has to confirm. @returns null if the account has no passkey */
  confirmationOptions(userId: bigint, sessionId: string): Promise<string | null>;
  /**
   * Checks the answer to a challenge, and uses the challenge up. The passkey has verified its user, so an answer shows
   * both what they have and what they know or are.
   *
   * @param text the credential, as JSON
   * @returns null if the answer is wrong, whatever the reason
   */
  check(text: string, use: AssertionUse): Promise<Assertion | null>;
};

/** WebAuthn Level 3, section 7.2. */
export function createAssertionService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  relyingParty: RelyingParty;
  /** The platform's secret, which signs challenges. */
  secret: string;
  log: Log;
}): AssertionService {
  const { pool, ids, relyingParty, secret, log } = deps;
  const assertions = counter('user_passkey_assertions_total', 'Answers of passkeys to challenges', [
    'purpose',
    'outcome',
  ]);

  const optionsFor = async (use: AssertionUse, credentialIds: readonly Uint8Array[]): Promise<string> => {
    const options = await generateAuthenticationOptions({
      rpID: relyingParty.id,
      challenge: newChallenge(use, secret),
      timeout: CHALLENGE_MS,
      userVerification: 'required',
      allowCredentials: credentialIds.map((id) => ({ id: Buffer.from(id).toString('base64url') })),
    });
    return JSON.stringify(options);
  };

  /** @returns null if it is not an answer of one of our passkeys to a challenge for this use */
  const verify = async (text: string, use: AssertionUse) => {
    const response = readAssertion(text);
    const passkey = response && (await findPasskey(pool, Buffer.from(response.id, 'base64url')));
    if (!passkey) return null;
    if (!Buffer.from(response.response.userHandle, 'base64url').equals(userHandleOf(passkey.userId))) return null;
    const answered: { challenge?: Challenge | null } = {};
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response,
        expectedChallenge: (challenge) => {
          answered.challenge = readChallenge(challenge, use, secret);
          return answered.challenge !== null;
        },
        expectedOrigin: [...relyingParty.origins],
        expectedRPID: relyingParty.id,
        requireUserVerification: true,
        // Compared when the use is written, so that of two answers at the same time only one counts.
        credential: { id: response.id, publicKey: new Uint8Array(passkey.publicKey), counter: -1 },
      });
      const { challenge } = answered;
      return verified && challenge ? { passkey, challenge, info: authenticationInfo } : null;
    } catch (error) {
      // The library has no other way to say that an answer is wrong.
      log.debug({ error, purpose: use.purpose }, 'An answer of a passkey was refused.');
      return null;
    }
  };

  const write = (
    passkey: { id: bigint; userId: bigint },
    challenge: Challenge,
    use: { signCount: number; isBackedUp: boolean },
  ) =>
    transaction(pool, async (tx) => {
      if (!(await useChallenge(tx, challenge))) return 'replayed';
      const before = await lockSignCount(tx, passkey.id);
      if (before === null) return 'deleted';
      if (!isOfCopy(before, use.signCount)) {
        await usePasskey(tx, { id: passkey.id, ...use });
        return 'right';
      }
      if (await noteCopy(tx, passkey.id)) {
        await addNotice(tx, { id: ids.next(), userId: passkey.userId, kind: 'PASSKEY_COPIED' });
      }
      return 'copied';
    });

  return {
    logInOptions: () => optionsFor({ purpose: 'LOG_IN' }, []),
    async confirmationOptions(userId, sessionId) {
      const credentialIds = await listCredentialIds(pool, userId);
      return credentialIds.length > 0 ? optionsFor({ purpose: 'CONFIRM', userId, sessionId }, credentialIds) : null;
    },
    async check(text, use) {
      const purpose = use.purpose;
      const verified = await verify(text, use);
      const isForeign = 'userId' in use && use.userId !== verified?.passkey.userId;
      if (!verified || isForeign) {
        assertions.inc({ purpose, outcome: 'wrong' });
        return null;
      }
      const { passkey, challenge, info } = verified;
      const outcome = await write(passkey, challenge, {
        signCount: info.newCounter,
        isBackedUp: info.credentialBackedUp,
      });
      assertions.inc({ purpose, outcome });
      if (outcome === 'copied') {
        log.warn({ passkeyId: String(passkey.id) }, 'A passkey was refused because it may have been copied.');
      }
      return outcome === 'right' ? { userId: passkey.userId, passkeyId: passkey.id } : null;
    },
  };
}
