import { requireGlobalId } from '@tintype/graphql';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { authorize, createApp } from './platform/apps.ts';
import { addLinkedIdentity } from './platform/linked-identities.ts';
import { addPasskey } from './platform/passkeys.ts';
import { follow, type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { giveRole, moderate, openCase } from './platform/staff.ts';

const PASSWORD = 'a long enough phrase';
const LONG = { timeoutMs: 30_000, everyMs: 250 };
/** A word that only the deleted person uses. */
const WORD = 'zanzibarite';

let platform: TestPlatform;
let [gone, ben, cid, eve]: Person[] = [];
beforeAll(async () => {
  // A mail server that does not respond, so that mails wait, and a known address for links.
  platform = await startTestPlatform('in one process', { MAIL_URL: 'smtp://127.0.0.1:1' });
  const names = ['gone', 'ben', 'cid', 'eve'];
  [gone, ben, cid, eve] = await Promise.all(names.map((name) => register(platform.client, name)));
});
afterAll(() => platform?.close());

/** Counts the rows of each table whose text matches, except in outboxes. */
async function census(pattern: string): Promise<Record<string, number>> {
  const { pool } = platform.environment.database;
  const { rows: tables } = await pool.query<{ name: string; quotedName: string }>(
    `SELECT table_schema || '.' || table_name AS name, format('%I.%I', table_schema, table_name) AS "quotedName"
     FROM information_schema.tables WHERE table_type = 'BASE TABLE'
       AND table_schema NOT IN ('pg_catalog', 'information_schema', 'public', 'runtime') AND table_name <> 'outbox'
     ORDER BY 1`,
  );
  const found: Record<string, number> = {};
  for (const { name, quotedName } of tables) {
    const { rows } = await pool.query(`SELECT count(*)::int AS count FROM ${quotedName} t WHERE t::text ~* $1`, [
      pattern,
    ]);
    if (rows[0].count > 0) found[name] = rows[0].count;
  }
  return found;
}

/** Tables that keep the hashtags and the words of the search index. Neither belongs to a person. */
const OF_HASHTAGS = [
  'feed.hashtag_post',
  'post.hashtag',
  'search.hashtag',
  'search.hashtags_1_term',
  'search.post',
  'search.posts_1_term',
  'search.users_1_term',
  'social_graph.topic',
  'social_graph.topic_post',
];

/** Tables that have rows of the person before the erasure and none after it. */
const REMOVED = [
  'engagement.collection',
  'engagement.collection_post',
  'engagement.save',
  'feed.hashtag_follow',
  'moderation.report',
  'notification.notification',
  'notification.person_language',
  'notification.preference',
  'post.post_hashtag',
  'search.posts_1',
  'search.users_1',
  'social_graph.close_friend',
  'social_graph.follow',
  'social_graph.follower',
  'social_graph.mute',
  'social_graph.restriction',
  'social_graph.suggestion_dismissal',
  'social_graph.suggestion_reader',
  'user.account_mail',
  'user.app',
  'user.app_grant',
  'user.app_token',
  'user.credential',
  'user.data_export',
  'user.email_token',
  'user.known_device',
  'user.linked_identity',
  'user.passkey',
  'user.role',
  'user.sanction',
  'user.second_factor',
  'user.session',
];
/** Tables that keep the person's id: tombstones, mentions by others, and what moderators did. */
const ENDED = [
  'engagement.comment',
  'engagement.like',
  'engagement.share',
  'feed.audience',
  'feed.author',
  'feed.author_post',
  'feed.hashtag_post',
  'moderation.audit_entry',
  'moderation.case',
  'moderation.decision',
  'notification.activity',
  'notification.comment',
  'notification.comment_mention',
  'notification.recipient',
  'notification.relationship_change',
  'post.author',
  'post.media',
  'post.post',
  'post.upload',
  'search.account',
  'search.post',
  'social_graph.person',
  'social_graph.topic_post',
  'user.account',
  'user.former_username',
];
const MARKS = ['engagement', 'feed', 'moderation', 'notification', 'post'].map((owner) => `${owner}.erased_person`);

test('nothing of a deleted account is left, and its id only in tombstones', async () => {
  const { client } = gone!;
  const ask = client.request;
  await ask(operations.UpdateProfileDocument, { input: { displayName: WORD, bio: WORD } });
  await ask(operations.UpdateAccountSettingsDocument, { input: { language: 'de' } });
  await Promise.all([
    follow(ben!, gone!),
    follow(gone!, ben!),
    follow(cid!, gone!),
    follow(gone!, cid!),
    follow(eve!, ben!),
  ]);
  const mine = [
    await publish(gone!, `${WORD} #${WORD} #sea @${ben!.username}`),
    await publish(gone!, `${WORD} again #sea`, 2),
  ];
  const bens = await publish(ben!, `Low tide #sea @${gone!.username}`);
  const bytes = await photo();
  await client.upload([{ bytes, contentType: 'image/jpeg' }]);
  for (const who of [ben!, cid!, eve!]) {
    await who.client.request(operations.LikePostDocument, { postId: mine[0]! });
    await who.client.request(operations.CreateCommentDocument, { input: { postId: mine[0]!, text: 'Well met' } });
  }
  await ask(operations.LikePostDocument, { postId: bens });
  const { createComment } = await ask(operations.CreateCommentDocument, {
    input: { postId: bens, text: `${WORD} #${WORD} @${cid!.username}` },
  });
  const theirs = await ben!.client.request(operations.CreateCommentDocument, {
    input: { postId: bens, text: `hello @${gone!.username}` },
  });
  await ask(operations.LikeCommentDocument, { commentId: theirs.createComment!.comment!.id });
  await ben!.client.request(operations.LikeCommentDocument, { commentId: createComment!.comment!.id });
  await ask(operations.SharePostDocument, { input: { postId: bens, text: WORD } });
  const { createCollection } = await ask(operations.CreateCollectionDocument, { name: WORD });
  await ask(operations.SavePostDocument, { postId: bens, collectionId: createCollection!.collection!.id });
  await ben!.client.request(operations.SavePostDocument, { postId: mine[0]!, collectionId: null });
  await ask(operations.MuteUserDocument, { userId: eve!.id });
  await cid!.client.request(operations.MuteUserDocument, { userId: gone!.id });
  await ask(operations.RestrictUserDocument, { userId: eve!.id });
  await cid!.client.request(operations.RestrictUserDocument, { userId: gone!.id });
  await ask(operations.AddCloseFriendDocument, { userId: ben!.id });
  await cid!.client.request(operations.AddCloseFriendDocument, { userId: gone!.id });
  await ask(operations.FollowHashtagDocument, { name: 'sea' });
  await ask(operations.UpdateNotificationPreferencesDocument, {
    preferences: [{ kind: 'POST_LIKE', audience: 'PEOPLE_I_FOLLOW' }],
  });
  const report = { reason: 'SPAM', text: WORD } as const;
  await ask(operations.ReportUserDocument, { input: { ...report, userId: eve!.id } });
  await ben!.client.request(operations.ReportUserDocument, { input: { ...report, userId: gone!.id } });
  await moderate(platform, { userId: gone!.id }, 'WARN');
  const { moderationDecisions } = await ask(operations.ModerationDecisionsDocument, {});
  const decisionId = moderationDecisions!.edges[0]!.node.id;
  await ask(operations.AppealDecisionDocument, { input: { decisionId, text: WORD } });
  const { caseId, moderator } = await openCase(platform, { postId: bens });
  await moderator.client.request(operations.ReleaseCaseDocument, { input: { caseId } });
  await giveRole(platform, gone!, 'MODERATOR');
  await ask(operations.ClaimCaseDocument, { input: { caseId } });
  await ask(operations.DecideCaseDocument, { input: { caseId, action: 'DISMISS' } });
  await ask(operations.HomeFeedDocument, { first: 20 });
  await ask(operations.ExploreDocument, { first: 20 });
  await ask(operations.PeopleYouMayKnowDocument, {});
  await ask(operations.DismissSuggestionDocument, { userId: eve!.id });
  await ask(operations.NotificationsDocument, { first: 20 });
  await ask(operations.SearchDocument, { query: ben!.username });
  // A second factor and a passkey need a verified address, and no mail arrives here.
  const { pool } = platform.environment.database;
  await pool.query('UPDATE "user".account SET email_verified_at = now() WHERE id = $1', [
    requireGlobalId('User', gone!.id),
  ]);
  await ask(operations.StartTwoFactorSetupDocument, { input: { password: PASSWORD } });
  await addPasskey(gone!);
  await addLinkedIdentity(platform, gone!);
  await ask(operations.RequestDataExportDocument, { input: { password: PASSWORD } });
  const app = await createApp(gone!, { name: WORD });
  await authorize(platform.url, app, ben!, 'read');
  await authorize(platform.url, await createApp(ben!), gone!, 'read');
  await ask(operations.ChangeUsernameDocument, { input: { username: `left_${Date.now().toString(36)}` } });
  const tablesWith = async (pattern: string) => Object.keys(await census(pattern));
  const id = `(^|[^0-9])${requireGlobalId('User', gone!.id)}([^0-9]|$)`;
  await eventually(async () => {
    expect(await tablesWith(id)).toEqual(expect.arrayContaining([...REMOVED, ...ENDED]));
  }, LONG);
  expect(await tablesWith(WORD)).toEqual(
    expect.arrayContaining(['engagement.comment', 'moderation.decision', 'post.post', 'user.account']),
  );

  const deleted = await ask(operations.DeleteAccountDocument, { password: PASSWORD });
  expect(deleted.deleteAccount).toEqual({ deleted: true, errors: [] });
  await eventually(async () => expect(await tablesWith(id)).toEqual([...MARKS, ...ENDED].toSorted()), LONG);
  await eventually(async () => {
    const left = (await tablesWith(WORD)).filter((table) => !OF_HASHTAGS.includes(table));
    expect(left).toEqual([]);
  }, LONG);
  // The counts of others no longer include the person.
  await eventually(async () => {
    const { post } = await eve!.client.request(operations.EngagementDocument, { postId: bens });
    expect(post).toMatchObject({ likeCount: 0, commentCount: 1, shareCount: 0 });
    const { user } = await eve!.client.request(operations.ProfileDocument, { username: ben!.username });
    expect(user).toMatchObject({ followerCount: 1, followingCount: 0 });
  }, LONG);
}, 90_000);
