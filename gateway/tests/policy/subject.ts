import { createECDH, randomBytes } from 'node:crypto';
import { requireGlobalId } from '@tintype/graphql';
import { hashtagId } from '@tintype/ids';
import type { TypedDocument } from '@tintype/schema/client';
import type { UpdateProfileInput } from '@tintype/schema/operations';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import type { GraphQLInterfaceType } from 'graphql';
import { expect } from 'vitest';
import { authorize, createApp } from '../platform/apps.ts';
import { addLinkedIdentity } from '../platform/linked-identities.ts';
import { addPasskey } from '../platform/passkeys.ts';
import { follow, PASSWORD, type Person, photo, publish, register } from '../platform/people.ts';
import type { TestPlatform } from '../platform/platform.ts';
import { type Account, type Audience, audiencesOf, isApp, relate, scopesOf, type Viewer } from './audiences.ts';
import { schema } from './schema.ts';

/** A person with something in every field, everybody who looks at it, and the IDs of what they look at. */
export type Subject = {
  account: Account;
  owner: Person;
  /** Null for somebody without an account. */
  viewers: ReadonlyMap<Audience, Person | null>;
  /** IDs by names such as `their post`. */
  objects: Readonly<Record<string, string>>;
  hashtag: string;
  /** IDs that show that the result of a query leads to the owner, or to something of theirs. */
  tracesIn(query: string): readonly string[];
  /** The ID for an argument with this name: something of the owner's, or for the owner, of the others. */
  idFor(argument: string, audience: Audience): string;
  /** Makes a viewer what they were in the beginning. */
  restore(audience: Audience): Promise<void>;
};

const LONG = { timeoutMs: 90_000, everyMs: 250 };
/** The kind of notification that the owner has not read. */
export const UNREAD = 'FollowAcceptedNotification';
let subjects = 0;

/**
 * The owner and a friend follow each other, comment on each other's posts, and share and like them. The friend's post
 * mentions the owner. Everybody else follows the friend, so that they have somebody in common with the owner.
 */
export async function createSubject(platform: TestPlatform, account: Account): Promise<Subject> {
  const hashtag = `rye${Date.now().toString(36)}${++subjects}`;
  const [owner, friend] = [await register(platform.client, 'owner'), await register(platform.client, 'friend')];
  await Promise.all([follow(owner, friend), follow(friend, owner)]);
  const elsewhere = await publish(friend, `Stubble #${hashtag} with @${owner.username}`);
  const post = await publish(owner, `Sheaves #${hashtag} with @${friend.username}`);
  const forFriends = await publish(owner, `Gleanings #${hashtag} with @${friend.username}`, 1, 'CLOSE_FRIENDS');
  const failed = await failToPublish(owner);
  const objects: Record<string, string> = {
    'the person': owner.id,
    'their post': post,
    'their post for close friends': forFriends,
    'their failed post': failed,
    'a hashtag of theirs': hashtagId(hashtag),
    ...(await converse(owner, friend, { post, elsewhere, hashtag })),
    ...(await keep(owner, elsewhere, hashtag)),
  };

  const viewers = new Map<Audience, Person | null>([['owner', owner]]);
  const others: [Viewer, Person][] = [];
  const apps: string[] = [];
  for (const audience of audiencesOf(account)) {
    if (audience === 'anonymous') viewers.set(audience, null);
    else if (isApp(audience)) {
      const app = await createApp(friend, { name: 'Thresher' });
      apps.push(app.id);
      const { origin } = new URL(platform.endpoint);
      const { access_token: token } = await authorize(origin, app, owner, scopesOf(audience));
      viewers.set(audience, { ...owner, token, client: platform.client.as(token) });
    } else if (audience !== 'owner') {
      const viewer = await register(platform.client, 'viewer');
      viewers.set(audience, viewer);
      others.push([audience, viewer]);
    }
  }
  // Followed while the account is public, so that everybody has liked the post and been noticed.
  for (const [, viewer] of others) {
    await follow(viewer, friend);
    await follow(viewer, owner);
    await viewer.client.request(operations.LikePostDocument, { postId: post });
  }
  await tellEverything(owner, friend, objects);
  await askToFollow(platform, owner);
  const moderator = viewers.get('moderator')!;
  await giveRole(platform, moderator, 'MODERATOR');
  await giveRole(platform, viewers.get('admin')!, 'ADMIN');
  const caseId = await report(owner, friend, moderator, { post, elsewhere });
  await decideAbout(owner, friend, moderator, { action: 'WARN' });
  const passkey = await addPasskey(owner);
  const linkedIdentity = await addLinkedIdentity(platform, owner);
  const traces = [caseId, viewers.get('admin')!.id, passkey, linkedIdentity, ...apps];
  if (account === 'private') {
    await owner.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } });
    const asker = await register(platform.client, 'asker');
    await follow(asker, owner);
    traces.push(asker.id);
  }
  for (const [audience, viewer] of others) await relate(audience, viewer, owner);
  await decideAbout(viewers.get('suspended')!, friend, moderator, { action: 'SUSPEND', suspendDays: 7 });
  const restricted = viewers.get('restricted')!;
  const input = { postId: post, text: 'Sixth' };
  const { createComment } = await restricted.client.request(operations.CreateCommentDocument, { input });
  objects["a restricted person's comment on their post"] = createComment!.comment!.id;
  await collectNotifications(owner, account, objects);
  traces.push(...Object.values(objects).filter((id) => id !== hashtagId(hashtag)));
  await eventually(async () => {
    const { search } = await friend.client.request(operations.SearchDocument, { query: owner.username });
    expect(JSON.stringify(search)).toContain(owner.id);
  }, LONG);
  if (account === 'deactivated') {
    await owner.client.request(operations.DeactivateAccountDocument, { password: PASSWORD });
  }
  const byArgument: Record<string, string> = {
    id: owner.id,
    userId: owner.id,
    authorId: friend.id,
    commenterId: owner.id,
    postId: post,
    commentId: objects['their comment']!,
    parentId: objects['their comment']!,
    shareId: objects['their share']!,
    collectionId: objects['their collection']!,
    pushSubscriptionId: objects['their push subscription']!,
    notificationId: objects['their PostLikeNotification']!,
    appId: 'App_1',
    passkeyId: passkey,
    linkedIdentityId: linkedIdentity,
    caseId,
    decisionId: 'ModerationDecision_1',
    sessionId: 'Session_1',
    uploadId: 'Upload_1',
    avatarUploadId: 'Upload_1',
  };
  return {
    account,
    owner,
    viewers,
    objects,
    hashtag,
    tracesIn(query) {
      // Others have the hashtag and the friend's post, too.
      if (/hashtag/i.test(query)) return [...traces, hashtagId(hashtag)];
      // Everybody may have met the close friend elsewhere.
      if (query === 'closeFriends') return [...traces, viewers.get('close friend')!.id];
      return query === 'commentedPosts' ? [...traces, elsewhere] : traces;
    },
    idFor(argument, audience) {
      if (argument === 'userId' && (audience === 'owner' || isApp(audience)))
        return (viewers.get('requester') ?? viewers.get('follower'))!.id;
      const id = byArgument[argument];
      if (!id) throw new Error(`which object an argument ${argument} is for is not known yet`);
      return id;
    },
    async restore(audience) {
      const viewer = others.find(([other]) => other === audience);
      const canChange = audience !== 'suspended' && account !== 'deactivated';
      if (viewer && canChange) await relate(...viewer, owner);
    },
  };
}

async function giveRole({ environment }: TestPlatform, { id }: Person, role: string): Promise<void> {
  const userId = requireGlobalId('User', id);
  await environment.database.pool.query(`INSERT INTO "user".role (user_id, role) VALUES ($1, $2)`, [userId, role]);
}

/** Both report a post of the other, and a moderator bans a word. @returns the case of the owner's post */
async function report(
  owner: Person,
  friend: Person,
  moderator: Person,
  { post, elsewhere }: { post: string; elsewhere: string },
): Promise<string> {
  for (const [who, postId] of [
    [owner, elsewhere],
    [friend, post],
  ] as const) {
    const { reportPost } = await who.client.request(operations.ReportPostDocument, {
      input: { postId, reason: 'SPAM', text: 'Chaff' },
    });
    expect(reportPost!.errors).toEqual([]);
  }
  const { cases } = await moderator.client.request(operations.CasesDocument, { first: 20 });
  const { id } = cases!.edges.find(({ node }) => node.targetId === post)!.node;
  await moderator.client.request(operations.ClaimCaseDocument, { input: { caseId: id } });
  const { addBannedWord } = await moderator.client.request(operations.AddBannedWordDocument, {
    input: { word: 'darnel' },
  });
  expect(addBannedWord!.errors).toEqual([]);
  return id;
}

/** What a moderator decides about somebody whom the reporter reports. */
async function decideAbout(
  { id }: Person,
  reporter: Person,
  moderator: Person,
  verdict: { action: 'SUSPEND' | 'WARN'; suspendDays?: number },
): Promise<void> {
  const report = { userId: id, reason: 'SPAM' } as const;
  await reporter.client.request(operations.ReportUserDocument, { input: report });
  const { cases } = await moderator.client.request(operations.CasesDocument, { first: 50, states: ['OPEN'] });
  const caseId = cases!.edges.find(({ node }) => node.targetId === id)!.node.id;
  await moderator.client.request(operations.ClaimCaseDocument, { input: { caseId } });
  const input = { caseId, ...verdict };
  const { decideCase } = await moderator.client.request(operations.DecideCaseDocument, { input });
  expect(decideCase!.errors).toEqual([]);
}

/** A document that is no example operation. */
function bare(text: string): TypedDocument<unknown, object> {
  return { toString: () => text };
}

/** A post whose file is no photo. */
async function failToPublish({ client }: Person): Promise<string> {
  const bytes = Buffer.from((await photo()).subarray(0, 100));
  const [uploadId] = await client.upload([{ bytes, contentType: 'image/jpeg' }]);
  const input = { caption: 'Torn', media: [{ uploadId: uploadId! }] };
  const { createPost } = await client.request(operations.CreatePostDocument, { input });
  const { id } = createPost!.post!;
  await eventually(async () => {
    expect((await client.request(operations.PostDocument, { id })).post?.state).toBe('FAILED');
  }, LONG);
  return id;
}

/** Comments of both on the posts of both. */
async function converse(
  owner: Person,
  friend: Person,
  { post, elsewhere, hashtag }: { post: string; elsewhere: string; hashtag: string },
): Promise<Record<string, string>> {
  const say = async ({ client }: Person, input: { postId: string; parentId?: string; text: string }) =>
    (await client.request(operations.CreateCommentDocument, { input })).createComment!.comment!.id;
  const mine = await say(owner, { postId: post, text: 'First' });
  await owner.client.request(operations.UpdateCommentDocument, {
    input: { commentId: mine, text: `Second #${hashtag} @${friend.username}` },
  });
  await owner.client.request(operations.PinPostDocument, { postId: post });
  await owner.client.request(bare(`mutation { pinComment(input: { commentId: "${mine}" }) { errors { code } } }`), {});
  await friend.client.request(operations.LikeCommentDocument, { commentId: mine });
  await owner.client.request(operations.LikeCommentDocument, { commentId: mine });
  await say(friend, { postId: elsewhere, text: `Fifth @${owner.username}` });
  const input = { postId: elsewhere, text: 'Worth a look' };
  const { sharePost } = await owner.client.request(operations.SharePostDocument, { input });
  await friend.client.request(operations.SharePostDocument, { input: { ...input, postId: post } });
  await owner.client.request(operations.LikePostDocument, { postId: post });
  await owner.client.request(operations.LikePostDocument, { postId: elsewhere });
  return {
    'their comment': mine,
    'a reply to them': await say(friend, { postId: post, parentId: mine, text: 'Aye' }),
    'their comment elsewhere': await say(owner, { postId: elsewhere, text: 'Third' }),
    "another's comment on their post": await say(friend, { postId: post, text: 'Fourth' }),
    'their share': sharePost!.share!.id,
  };
}

/** What only the owner keeps. */
async function keep({ client }: Person, elsewhere: string, hashtag: string): Promise<Record<string, string>> {
  const { createCollection } = await client.request(operations.CreateCollectionDocument, { name: 'Harvest' });
  const collectionId = createCollection!.collection!.id;
  await client.request(operations.SavePostDocument, { postId: elsewhere, collectionId });
  await client.request(operations.FollowHashtagDocument, { name: hashtag });
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  const input = {
    endpoint: `https://push.example/${randomBytes(8).toString('hex')}`,
    p256dh,
    auth: randomBytes(16).toString('base64url'),
  };
  const { createPushSubscription } = await client.request(operations.CreatePushSubscriptionDocument, { input });
  return {
    'their collection': collectionId,
    'their push subscription': createPushSubscription!.pushSubscription!.id,
  };
}

/** Somebody with a private account accepts the owner's request. */
async function askToFollow({ client }: TestPlatform, owner: Person): Promise<void> {
  const shy = await register(client, 'shy');
  await shy.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } });
  expect(await follow(owner, shy)).toBe('REQUESTED');
  await shy.client.request(operations.AcceptFollowRequestDocument, { userId: owner.id });
}

/** A complete profile, and settings. */
async function tellEverything({ client }: Person, friend: Person, objects: Record<string, string>): Promise<void> {
  const [avatarUploadId] = await client.upload([{ bytes: await photo(), contentType: 'image/jpeg' }], 'AVATAR');
  const input: UpdateProfileInput = {
    displayName: 'Rye',
    bio: `Fields with @${friend.username}, https://example.org/fields`,
    pronouns: ['they'],
    category: 'ARTIST',
    links: [{ title: 'Shop', url: 'https://example.org/shop' }],
    avatarUploadId: avatarUploadId!,
  };
  const { updateProfile } = await client.request(operations.UpdateProfileDocument, { input });
  expect(updateProfile!.errors).toEqual([]);
  await client.request(operations.SavePostDocument, { postId: objects['their post']!, collectionId: null });
  const { createApp } = await client.request(operations.CreateAppDocument, {
    input: {
      name: 'Mill',
      website: 'https://example.org',
      redirectUris: ['https://example.org/callback'],
      isConfidential: true,
    },
  });
  expect(createApp!.errors).toEqual([]);
  const asked = await client.request(operations.RequestDataExportDocument, { input: { password: PASSWORD } });
  expect(asked.requestDataExport!.errors).toEqual([]);
  await client.request(bare('mutation { updateCommentFilter(input: { words: ["chaff"] }) { errors { code } } }'), {});
}

/** Adds the newest notification of each kind that the owner has got, once there is one of each. */
async function collectNotifications({ client }: Person, account: Account, objects: Record<string, string>) {
  const all = schema.getPossibleTypes(schema.getType('Notification') as GraphQLInterfaceType);
  const expected = all
    .map(({ name }) => name)
    .filter((name) => account === 'private' || name !== 'FollowRequestNotification');
  await eventually(async () => {
    const { notifications } = await client.request(operations.NotificationsDocument, { first: 50 });
    for (const { node } of notifications!.edges) objects[`their ${node.__typename}`] ??= node.id;
    expect(Object.keys(objects)).toEqual(expect.arrayContaining(expected.map((name) => `their ${name}`)));
  }, LONG);
  for (const name of expected.filter((one) => one !== UNREAD)) {
    const notificationId = objects[`their ${name}`]!;
    await client.request(operations.MarkNotificationAsReadDocument, { notificationId });
  }
}
