import type { Outbox } from '@tintype/events';
import type { Language } from '@tintype/language';
import type { UserEvents } from '@tintype/schema/events/user';
import type pg from 'pg';
import type { Role } from '#generated/graphql.ts';
import type { AccountModel } from './account.model.ts';

export type AccountPublisher = {
  registered(tx: pg.PoolClient, account: AccountModel): Promise<void>;
  updated(tx: pg.PoolClient, account: AccountModel): Promise<void>;
  deactivated(tx: pg.PoolClient, account: AccountModel): Promise<void>;
  reactivated(tx: pg.PoolClient, account: AccountModel): Promise<void>;
  deleted(tx: pg.PoolClient, userId: bigint, visibilityVersion: bigint): Promise<void>;
  languageChanged(tx: pg.PoolClient, userId: bigint, language: Language): Promise<void>;
  avatarRequested(tx: pg.PoolClient, userId: bigint, uploadId: bigint): Promise<void>;
  avatarReplaced(tx: pg.PoolClient, userId: bigint, uploadId: bigint): Promise<void>;
  roleGranted(tx: pg.PoolClient, change: RoleChange): Promise<void>;
  roleRevoked(tx: pg.PoolClient, change: RoleChange): Promise<void>;
  sanctionImposed(tx: pg.PoolClient, decision: Decision): Promise<void>;
  sanctionReviewed(tx: pg.PoolClient, decision: Decision): Promise<void>;
};

/** @property by the admin; null for somebody with access to the database */
type RoleChange = { userId: bigint; by: bigint | null; role: Role };
type Decision = { userId: bigint; decisionId: bigint };

/** Publishes account events in the transaction that changed the account. The subject is the account's id. */
export function createAccountPublisher(outbox: Outbox<UserEvents>): AccountPublisher {
  const publish = <Type extends keyof UserEvents>(tx: pg.PoolClient, type: Type, data: UserEvents[Type]) =>
    outbox.append(tx, [{ type, subject: data.userId, data }]);
  return {
    registered: (tx, account) => publish(tx, 'tintype.user.account.registered.v1', toProfile(account)),
    updated: (tx, account) => publish(tx, 'tintype.user.account.updated.v1', toProfile(account)),
    deactivated: (tx, { id, visibilityVersion }) =>
      publish(tx, 'tintype.user.account.deactivated.v1', toVersion(id, visibilityVersion)),
    reactivated: (tx, account) => publish(tx, 'tintype.user.account.reactivated.v1', toProfile(account)),
    deleted: (tx, userId, version) => publish(tx, 'tintype.user.account.deleted.v1', toVersion(userId, version)),
    languageChanged: (tx, userId, language) =>
      publish(tx, 'tintype.user.language.changed.v1', { userId: String(userId), language }),
    avatarRequested: (tx, userId, uploadId) =>
      publish(tx, 'tintype.user.avatar.requested.v1', { userId: String(userId), uploadId: String(uploadId) }),
    avatarReplaced: (tx, userId, uploadId) =>
      publish(tx, 'tintype.user.avatar.replaced.v1', { userId: String(userId), uploadId: String(uploadId) }),
    roleGranted: (tx, change) => publish(tx, 'tintype.user.role.granted.v1', toRoleChange(change)),
    roleRevoked: (tx, change) => publish(tx, 'tintype.user.role.revoked.v1', toRoleChange(change)),
    sanctionImposed: (tx, decision) => publish(tx, 'tintype.user.sanction.imposed.v1', toDecision(decision)),
    sanctionReviewed: (tx, decision) => publish(tx, 'tintype.user.sanction.reviewed.v1', toDecision(decision)),
  };
}

function toVersion(userId: bigint, visibilityVersion: bigint) {
  return { userId: String(userId), visibilityVersion: String(visibilityVersion) };
}

function toRoleChange({ userId, by, role }: RoleChange) {
  return { userId: String(userId), by: by === null ? null : String(by), role };
}

function toDecision({ userId, decisionId }: Decision) {
  return { userId: String(userId), decisionId: String(decisionId) };
}

function toProfile({ id, username, displayName, isPrivate, visibilityVersion }: AccountModel) {
  return { ...toVersion(id, visibilityVersion), username, displayName, isPrivate };
}
