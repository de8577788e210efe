import { requireViewer } from '@tintype/graphql';
import { type IdGenerator, parseGlobalId } from '@tintype/ids';
import { isUniqueViolation, transaction } from '@tintype/postgres';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import { findPasswordHash, lockState } from '#account/closure.repository.ts';
import { findEmail } from '#email/email.repository.ts';
import type { LinkIdentityErrorCode, StartIdentityLinkErrorCode, UnlinkIdentityErrorCode } from '#generated/graphql.ts';
import { addNotice } from '#mail/account-mail.repository.ts';
import type { Confirmation, ConfirmationService } from '#second-factor/confirmation.service.ts';
import { findLiveSessions, revokeSessionsOfLinkedIdentity } from '#session/session.repository.ts';
import type { SessionStateStore } from '#session/session-state.store.ts';
import { accountEnded, type InputError, inputError } from '../errors.ts';
import { IDENTITY_PROVIDER_LIMITS } from '../limits.ts';
import type { LinkedIdentityModel } from './identity-provider.model.ts';
import {
  deleteLinkedIdentity,
  insertLinkedIdentity,
  listLinkedIdentities,
  SUBJECT_KEY,
} from './linked-identity.repository.ts';
import type { ProviderFlowService } from './provider-flow.service.ts';
import { digestOf } from './sealed-flow.ts';

export type LinkedIdentityService = {
  list(userId: bigint): Promise<LinkedIdentityModel[]>;
  /** @returns the page of the provider, and what the client keeps */
  start(
    identity: Identity,
    input: { provider: string; redirectUri?: string | null } & Confirmation,
  ): Promise<{ url: string; flow: string } | { error: InputError<StartIdentityLinkErrorCode> }>;
  link(
    identity: Identity,
    answer: { flow: string; callbackUrl: string },
  ): Promise<{ linkedIdentity: LinkedIdentityModel } | { error: InputError<LinkIdentityErrorCode> }>;
  /** Also ends all other sessions that it opened. @returns the user error, or null */
  unlink(
    identity: Identity,
    linkedIdentityId: string,
    shown: Confirmation,
  ): Promise<InputError<UnlinkIdentityErrorCode> | null>;
};

/** The accounts at identity providers that are linked to accounts of ours. Each change locks the account. */
export function createLinkedIdentityService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  confirmations: ConfirmationService;
  flows: ProviderFlowService;
  sessionState: SessionStateStore;
  /** Whether the platform sends mail, so that addresses can be verified. */
  hasMail: boolean;
}): LinkedIdentityService {
  const { pool, ids, confirmations, flows, sessionState, hasMail } = deps;

  const isFull = (identities: readonly LinkedIdentityModel[]) =>
    identities.length >= IDENTITY_PROVIDER_LIMITS.linkedIdentities;

  return {
    list: (userId) => listLinkedIdentities(pool, userId),

    async start(identity, { provider, redirectUri, ...shown }) {
      const { userId, sessionId } = requireViewer(identity);
      const error = await confirmations.confirm(identity, shown);
      if (error) return { error };
      const [email, passwordHash] = await Promise.all([findEmail(pool, userId), findPasswordHash(pool, userId)]);
      if (!email || passwordHash === null) throw accountEnded();
      // Somebody who registered with another person's address must not be able to log in once the person has taken the
      // account over.
      if (hasMail && !email.verifiedAt) return { error: inputError('EMAIL_UNVERIFIED') };
      if (isFull(await listLinkedIdentities(pool, userId))) return { error: inputError('TOO_MANY_LINKED_IDENTITIES') };
      const passwordDigest = digestOf(passwordHash);
      return flows.start(provider, redirectUri, { userId: String(userId), sessionId, passwordDigest });
    },

    async link(identity, answer) {
      const { userId, sessionId } = requireViewer(identity);
      const passwordHash = await findPasswordHash(pool, userId);
      if (passwordHash === null) throw accountEnded();
      const outcome = await flows.finish(
        answer,
        (owner) =>
          owner?.userId === String(userId) &&
          owner.sessionId === sessionId &&
          owner.passwordDigest === digestOf(passwordHash),
      );
      if ('error' in outcome) return outcome;
      try {
        return await transaction(pool, async (tx) => {
          if ((await lockState(tx, userId)) !== 'ACTIVE') throw accountEnded();
          if ((await findLiveSessions(tx, [BigInt(sessionId)])).length === 0) throw accountEnded();
          // The password may have been changed while the provider answered.
          if ((await findPasswordHash(tx, userId)) !== passwordHash)
            return { error: inputError('FLOW_INVALID', 'flow') };
          if (isFull(await listLinkedIdentities(tx, userId)))
            return { error: inputError('TOO_MANY_LINKED_IDENTITIES') };
          const linkedIdentity = await insertLinkedIdentity(tx, { id: ids.next(), userId }, outcome.account);
          await addNotice(tx, { id: ids.next(), userId, kind: 'IDENTITY_LINKED' });
          return { linkedIdentity };
        });
      } catch (error) {
        if (isUniqueViolation(error, SUBJECT_KEY)) return { error: inputError('IDENTITY_TAKEN') };
        throw error;
      }
    },

    async unlink(identity, linkedIdentityId, shown) {
      const { userId, sessionId } = requireViewer(identity);
      const error = await confirmations.confirm(identity, shown);
      if (error) return error;
      const id = parseGlobalId('LinkedIdentity', linkedIdentityId);
      const ended =
        id === null
          ? null
          : await transaction(pool, async (tx) => {
              await lockState(tx, userId);
              if (!(await deleteLinkedIdentity(tx, id, userId))) return null;
              await addNotice(tx, { id: ids.next(), userId, kind: 'IDENTITY_UNLINKED' });
              const opened = { userId, linkedIdentityId: id, keptId: BigInt(sessionId) };
              return sessionState.announceEnd(await revokeSessionsOfLinkedIdentity(tx, opened));
            });
      if (!ended) return inputError('LINKED_IDENTITY_NOT_FOUND', 'linkedIdentityId');
      await sessionState.deny(ended);
      return null;
    },
  };
}
