import { generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import { requireViewer } from '@tintype/graphql';
import { type IdGenerator, parseGlobalId } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { findPasswordHash, lockState } from '#account/closure.repository.ts';
import { findEmail } from '#email/email.repository.ts';
import type {
  CreatePasskeyErrorCode,
  DeletePasskeyErrorCode,
  StartPasskeyCreationErrorCode,
  UpdatePasskeyErrorCode,
} from '#generated/graphql.ts';
import { addNotice } from '#mail/account-mail.repository.ts';
import { findPersonalData } from '#password/credential.repository.ts';
import type { Confirmation, ConfirmationService } from '#second-factor/confirmation.service.ts';
import { findLiveSessions, revokeSessionsOfPasskey } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { PASSKEY_LIMITS } from '../limits.ts';
import { isUnattested } from './attestation.rules.ts';
import { CHALLENGE_MS, type Challenge, newChallenge, readChallenge } from './challenge.rules.ts';
import { readNewCredential } from './credential-json.rules.ts';
import type { PasskeyModel } from './passkey.model.ts';
import {
  deletePasskey,
  insertPasskey,
  listCredentialIds,
  listPasskeys,
  renamePasskey,
  useChallenge,
} from './passkey.repository.ts';
import { checkPasskeyName, normalPasskeyName, userHandleOf } from './passkey.rules.ts';
import type { RelyingParty } from './relying-party.rules.ts';

type Outcome<Code extends string> =
  | { passkey: PasskeyModel }
  | { error: InputError<Extract<Code, InputError['code']>> };

export type PasskeyService = {
  list(userId: bigint): Promise<PasskeyModel[]>;
  /** @returns the options of WebAuthn for a new passkey, as JSON */
  start(
    identity: Identity,
    shown: Confirmation,
  ): Promise<{ options: string } | { error: InputError<StartPasskeyCreationErrorCode> }>;
  /** @param credential what the authenticator made with these options, as JSON */
  create(identity: Identity, input: { credential: string; name: string }): Promise<Outcome<CreatePasskeyErrorCode>>;
  rename(userId: bigint, passkeyId: string, name: string): Promise<Outcome<UpdatePasskeyErrorCode>>;
  /** Also ends all other sessions that the passkey opened. @returns the user error, or null */
  delete(
    identity: Identity,
    passkeyId: string,
    shown: Confirmation,
  ): Promise<InputError<DeletePasskeyErrorCode> | null>;
};

/** The passkeys of accounts. Each change locks the account, as all changes of how somebody can log in do. */
export function createPasskeyService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  confirmations: ConfirmationService;
  sessionState: SessionStateStore;
  relyingParty: RelyingParty;
  /** Whether the platform sends mail, so that addresses can be verified. */
  hasMail: boolean;
  /** The platform's secret, which signs challenges. */
  secret: string;
  log: Log;
}): PasskeyService {
  const { pool, ids, confirmations, sessionState, relyingParty, hasMail, secret, log } = deps;

  /** WebAuthn Level 3, section 7.1. @returns null if it is no answer to a challenge that this session has got */
  const verify = async (text: string, isOurs: (challenge: string) => boolean) => {
    const response = readNewCredential(text);
    if (!response) return null;
    try {
      if (!isUnattested(response.response.attestationObject)) return null;
      const { verified, registrationInfo } = await verifyRegistrationResponse({
        response,
        expectedChallenge: isOurs,
        expectedOrigin: [...relyingParty.origins],
        expectedRPID: relyingParty.id,
        requireUserVerification: true,
      });
      return verified && registrationInfo ? registrationInfo : null;
    } catch (error) {
      // The library has no other way to say that a credential is wrong.
      log.debug({ error }, 'A new passkey was refused.');
      return null;
    }
  };

  return {
    list: (userId) => listPasskeys(pool, userId),

    async start(identity, shown) {
      const { userId, sessionId } = requireViewer(identity);
      const error = await confirmations.confirm(identity, shown);
      if (error) return { error };
      const [owner, email] = await Promise.all([findPersonalData(pool, userId), findEmail(pool, userId)]);
      const passwordHash = await findPasswordHash(pool, userId);
      if (!owner || !email || passwordHash === null) throw accountEnded();
      // Somebody who registered with another person's address must not be able to log in once the person has taken the
      // account over.
      if (hasMail && !email.verifiedAt) return { error: inputError('EMAIL_UNVERIFIED') };
      const credentialIds = await listCredentialIds(pool, userId);
      if (credentialIds.length >= PASSKEY_LIMITS.passkeys) return { error: inputError('TOO_MANY_PASSKEYS') };
      const options = await generateRegistrationOptions({
        rpName: 'Tintype',
        rpID: relyingParty.id,
        userName: owner.username,
        userDisplayName: owner.displayName || owner.username,
        userID: userHandleOf(userId),
        challenge: newChallenge({ purpose: 'ADD', userId, sessionId, passwordHash }, secret),
        timeout: CHALLENGE_MS,
        attestationType: 'none',
        // An authenticator that already has one of these makes no other one.
        excludeCredentials: credentialIds.map((id) => ({ id: Buffer.from(id).toString('base64url') })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      });
      return { options: JSON.stringify(options) };
    },

    async create(identity, { credential, name: text }) {
      const { userId, sessionId } = requireViewer(identity);
      const name = normalPasskeyName(text);
      const wrongName = checkPasskeyName(name);
      if (wrongName) return { error: wrongName };
      const invalid = { error: inputError('PASSKEY_INVALID', 'credential') };
      const passwordHash = await findPasswordHash(pool, userId);
      if (passwordHash === null) throw accountEnded();
      const answered: { challenge?: Challenge | null } = {};
      const made = await verify(credential, (challenge) => {
        answered.challenge = readChallenge(challenge, { purpose: 'ADD', userId, sessionId, passwordHash }, secret);
        return answered.challenge !== null;
      });
      const { challenge } = answered;
      if (!made || !challenge) return invalid;
      try {
        return await transaction(pool, async (tx) => {
          if ((await lockState(tx, userId)) !== 'ACTIVE') throw accountEnded();
          if ((await findLiveSessions(tx, [BigInt(sessionId)])).length === 0) throw accountEnded();
          // The password may have been changed since the challenge was read.
          if ((await findPasswordHash(tx, userId)) !== passwordHash) return invalid;
          if (!(await useChallenge(tx, challenge))) return invalid;
          const passkey = await insertPasskey(
            tx,
            {
              id: ids.next(),
              userId,
              credentialId: Buffer.from(made.credential.id, 'base64url'),
              publicKey: made.credential.publicKey,
              signCount: made.credential.counter,
              isBackedUp: made.credentialBackedUp,
              name,
            },
            PASSKEY_LIMITS.passkeys,
          );
          if (!passkey) return { error: inputError('TOO_MANY_PASSKEYS') };
          await addNotice(tx, { id: ids.next(), userId, kind: 'PASSKEY_ADDED' });
          return { passkey };
        });
      } catch (error) {
        if (isUniqueViolation(error, 'credential_id_key')) return invalid;
        throw error;
      }
    },

    async rename(userId, passkeyId, text) {
      const name = normalPasskeyName(text);
      const id = parseGlobalId('Passkey', passkeyId);
      const error = checkPasskeyName(name);
      if (error) return { error };
      const passkey = id === null ? null : await renamePasskey(pool, id, userId, name);
      return passkey ? { passkey } : { error: inputError('PASSKEY_NOT_FOUND', 'passkeyId') };
    },

    async delete(identity, passkeyId, shown) {
      const { userId, sessionId } = requireViewer(identity);
      const error = await confirmations.confirm(identity, shown);
      if (error) return error;
      const id = parseGlobalId('Passkey', passkeyId);
      const ended =
        id === null
          ? null
          : await transaction(pool, async (tx) => {
              await lockState(tx, userId);
              if (!(await deletePasskey(tx, id, userId))) return null;
              await addNotice(tx, { id: ids.next(), userId, kind: 'PASSKEY_DELETED' });
              const opened = { userId, passkeyId: id, keptId: BigInt(sessionId) };
              return sessionState.announceEnd(await revokeSessionsOfPasskey(tx, opened));
            });
      if (!ended) return inputError('PASSKEY_NOT_FOUND', 'passkeyId');
      await sessionState.deny(ended);
      return null;
    },
  };
}
