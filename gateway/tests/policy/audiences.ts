import * as operations from '@tintype/schema/operations';
import { SCOPES, type Scope } from '@tintype/user';
import { expect } from 'vitest';
import { follow, type Person } from '../platform/people.ts';

/** An app that acts for the owner, with this scope beside the one that every request to the graph needs. */
export type AppAudience = `app with ${Scope}`;
export const APPS = SCOPES.map((scope): AppAudience => `app with ${scope}`);
/** Without `read`, an app only learns who somebody is, and never reaches the graph. */
const IDENTITY_SCOPES: readonly Scope[] = ['openid', 'profile'];

export function scopesOf(audience: AppAudience): string {
  const scope = audience.slice('app with '.length) as Scope;
  return scope === 'read' || IDENTITY_SCOPES.includes(scope) ? scope : `read ${scope}`;
}

/** Who asks for what belongs to a person: the columns of `schema/policy.csv`. */
export const AUDIENCES = [
  'anonymous',
  'stranger',
  'follower',
  'requester',
  'blocked',
  'blocking',
  'muted',
  'muting',
  'restricted',
  'restricting',
  'removed follower',
  'close friend',
  'suspended',
  'moderator',
  'admin',
  'owner',
  ...APPS,
] as const;
export type Audience = (typeof AUDIENCES)[number];

/** What the owner is: each field has a row for every kind of account. */
export const ACCOUNTS = ['public', 'private', 'deactivated'] as const;
export type Account = (typeof ACCOUNTS)[number];

export function isApp(audience: Audience): audience is AppAudience {
  return (APPS as readonly Audience[]).includes(audience);
}

/** Only a private account has requests. What apps may do does not depend on whether their own person is private. */
export function audiencesOf(account: Account): readonly Audience[] {
  return AUDIENCES.filter((audience) =>
    isApp(audience) ? account === 'public' : audience !== 'requester' || account === 'private',
  );
}

/** Those with accounts of their own. */
export type Viewer = Exclude<Audience, 'anonymous' | 'owner' | AppAudience>;

/** Ends everything between two people. */
async function endRelations(one: Person, other: Person): Promise<void> {
  for (const [from, { id: userId }] of [
    [one, other],
    [other, one],
  ] as const) {
    await from.client.request(operations.UnblockUserDocument, { userId });
    await from.client.request(operations.UnmuteUserDocument, { userId });
    await from.client.request(operations.UnrestrictUserDocument, { userId });
    await from.client.request(operations.UnfollowUserDocument, { userId });
    await from.client.request(operations.RemoveCloseFriendDocument, { userId });
  }
}

async function followAccepted(viewer: Person, owner: Person): Promise<void> {
  const state = await follow(viewer, owner);
  if (state === 'REQUESTED') await owner.client.request(operations.AcceptFollowRequestDocument, { userId: viewer.id });
}

/** Makes somebody what the audience is called, whatever they were before. */
export async function relate(audience: Viewer, viewer: Person, owner: Person): Promise<void> {
  const { client } = owner;
  const userId = viewer.id;
  await endRelations(viewer, owner);
  // Moderators and admins are strangers with a role.
  if (['stranger', 'moderator', 'admin'].includes(audience)) return;
  if (audience === 'requester') {
    expect(await follow(viewer, owner)).toBe('REQUESTED');
    return;
  }
  await followAccepted(viewer, owner);
  if (audience === 'blocked') await client.request(operations.BlockUserDocument, { userId });
  if (audience === 'blocking') await viewer.client.request(operations.BlockUserDocument, { userId: owner.id });
  if (audience === 'muted') await client.request(operations.MuteUserDocument, { userId });
  if (audience === 'muting') {
    await viewer.client.request(operations.MuteUserDocument, { userId: owner.id });
    // So that somebody is followed by the owner.
    await follow(owner, viewer);
  }
  if (audience === 'restricted') await client.request(operations.RestrictUserDocument, { userId });
  if (audience === 'restricting') await viewer.client.request(operations.RestrictUserDocument, { userId: owner.id });
  if (audience === 'close friend') {
    await client.request(operations.AddCloseFriendDocument, { userId });
    // So that somebody is a close friend of theirs.
    await viewer.client.request(operations.AddCloseFriendDocument, { userId: owner.id });
  }
  if (audience === 'removed follower') await client.request(operations.RemoveFollowerDocument, { userId });
}
