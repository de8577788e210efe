import { createECDH, randomBytes } from 'node:crypto';
import { parseGlobalId, postLink } from '@tintype/ids';
import type { TintypeClient } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { publicSettings } from '@tintype/service';
import { registry } from '@tintype/telemetry';
import { createMailbox, eventually, type Mailbox } from '@tintype/testing';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Person, photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

// docs/clients.md promises typed documents that are generated from the public schema and work with the gateway. The
// types are checked when this file compiles. The tests run each document once.

let platform: TestPlatform;
let mailbox: Mailbox;
beforeAll(async () => {
  mailbox = await createMailbox();
  platform = await startTestPlatform('in one process', mailbox.env);
});
afterAll(async () => {
  await platform?.close();
  await mailbox?.close();
});

const PASSWORD = 'a long enough phrase';

test('every example operation runs', async () => {
  const run = new Set<unknown>();
  const visitor = platform.client;
  const traced = (client: typeof visitor): typeof visitor => ({
    ...client,
    request(document, variables) {
      run.add(document);
      return client.request(document, variables);
    },
  });

  const username = `ops_${Date.now().toString(36)}`;
  const input = { username, email: `${username}@example.org`, password: PASSWORD };
  const registered = (await traced(visitor).request(operations.CreateAccountDocument, { input })).createAccount;
  expect(registered!.errors).toEqual([]);
  const loggedIn = (
    await traced(visitor).request(operations.LogInDocument, { input: { identifier: username, password: PASSWORD } })
  ).logIn;
  const refreshed = (
    await traced(visitor).request(operations.RefreshSessionDocument, {
      input: { refreshToken: loggedIn!.refreshToken! },
    })
  ).refreshSession;
  const me = traced(visitor.as(refreshed!.accessToken!));
  expect((await me.request(operations.MeDocument, {})).me).toMatchObject({ username, postCount: 0 });

  const bytes = await photo();
  const files = [{ contentType: 'image/jpeg', byteSize: bytes.byteLength }];
  const { createUpload } = await me.request(operations.CreateUploadDocument, { input: { files } });
  expect(createUpload!.uploads).toHaveLength(1);
  const [uploadId] = await me.upload([{ bytes, contentType: 'image/jpeg' }]);
  const { createPost } = await me.request(operations.CreatePostDocument, {
    input: { media: [{ uploadId: uploadId! }] },
  });
  const id = createPost!.post!.id;
  await eventually(async () =>
    expect((await me.request(operations.PostDocument, { id })).post?.state).toBe('PUBLISHED'),
  );
  await eventually(async () =>
    expect((await me.request(operations.HomeFeedDocument, {})).homeFeed!.edges).toHaveLength(1),
  );

  const [friend, asker, refused] = await Promise.all(
    ['friend', 'asker', 'refused'].map((name) => register(visitor, name)),
  );
  const userId = friend!.id;
  expect((await me.request(operations.FollowUserDocument, { userId })).followUser!.state).toBe('FOLLOWING');
  const followers = (await me.request(operations.FollowersDocument, { username: friend!.username })).user!.followers;
  expect(followers!.edges.map((edge) => edge.node?.username)).toEqual([username]);
  expect((await me.request(operations.ProfileDocument, { username: friend!.username })).user).toMatchObject({
    followerCount: 1,
  });
  await me.request(operations.MuteUserDocument, { userId });
  const { mutedUsers } = await me.request(operations.MutedUsersDocument, {});
  expect(mutedUsers!.edges.map(({ node }) => node?.id)).toEqual([userId]);
  await me.request(operations.UnmuteUserDocument, { userId });
  expect((await me.request(operations.UnfollowUserDocument, { userId })).unfollowUser!.state).toBe('NOT_FOLLOWING');
  await me.request(operations.BlockUserDocument, { userId });
  const { blockedUsers } = await me.request(operations.BlockedUsersDocument, {});
  expect(blockedUsers!.edges.map(({ node }) => node?.id)).toEqual([userId]);
  await me.request(operations.UnblockUserDocument, { userId });
  const removed = await me.request(operations.RemoveFollowerDocument, { userId });
  expect(removed.removeFollower!.errors).toEqual([]);

  await engage(me, friend!);
  await configureDelivery(me);
  await discover(me, friend!, refused!);
  await followHashtag(me, asker!);
  await find(me, asker!);
  await trend(me, [friend!, asker!, refused!]);
  await explore(me, asker!);

  await me.request(operations.UpdateProfileDocument, { input: { bio: 'runs every operation', isPrivate: true } });
  const myId = registered!.user!.id;
  for (const person of [asker!, refused!]) {
    await eventually(async () => {
      // Until the account's event has arrived, the follow needs no request. So it is undone and tried again.
      await person.client.request(operations.UnfollowUserDocument, { userId: myId });
      expect((await person.client.request(operations.FollowUserDocument, { userId: myId })).followUser!.state).toBe(
        'REQUESTED',
      );
    });
  }
  expect((await me.request(operations.FollowRequestsDocument, {})).followRequests!.edges).toHaveLength(2);
  const accepted = await me.request(operations.AcceptFollowRequestDocument, { userId: asker!.id });
  expect(accepted.acceptFollowRequest!.errors).toEqual([]);
  const declined = await me.request(operations.DeclineFollowRequestDocument, { userId: refused!.id });
  expect(declined.declineFollowRequest!.errors).toEqual([]);
  expect((await me.request(operations.DeletePostDocument, { input: { postId: id } })).deletePost!.deletedPostId).toBe(
    id,
  );
  expect((await me.request(operations.LogOutDocument, {})).logOut!.loggedOut).toBe(true);
  await expect(me.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });
  await keepAccount(visitor, traced, friend!);
  await close(visitor, traced, refused!);

  const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'));
  const missed = documents.filter(([, document]) => !run.has(document)).map(([name]) => name);
  expect(missed).toEqual([]);
});

/** Verifies and changes the e-mail address, the password and the username, and lists and ends sessions. */
async function keepAccount(
  visitor: TintypeClient,
  traced: (client: TintypeClient) => TintypeClient,
  { client, username }: Person,
): Promise<void> {
  const me = traced(client);
  const { emailAddress } = await me.request(operations.EmailAddressDocument, {});
  expect(emailAddress).toMatchObject({ verifiedAt: null, pendingAddress: null });
  const { address } = emailAddress!;
  const { resendVerificationMail } = await me.request(operations.ResendVerificationMailDocument, {});
  expect(resendVerificationMail).toEqual({ sent: true, errors: [] });
  const verify = async (email: string) => {
    const { token } = await mailbox.received(email, /Verify/);
    const { verifyEmail } = await traced(visitor).request(operations.VerifyEmailDocument, { input: { token: token! } });
    expect(verifyEmail).toMatchObject({ emailAddress: { address: email }, errors: [] });
  };
  await verify(address);
  const email = `next.${address}`;
  const { changeEmail } = await me.request(operations.ChangeEmailDocument, { input: { email, password: PASSWORD } });
  expect(changeEmail!.errors).toEqual([]);
  await verify(email);

  const logIn = async (identifier: string, password: string) => {
    const input = { identifier, password };
    return (await visitor.request(operations.LogInDocument, { input })).logIn!.accessToken;
  };
  await logIn(username, PASSWORD);
  const { sessions } = await me.request(operations.SessionsDocument, {});
  expect(sessions!.edges.map(({ node }) => node.isCurrent)).toEqual([false, true]);
  const sessionId = sessions!.edges[0]!.node.id;
  const { endSession } = await me.request(operations.EndSessionDocument, { input: { sessionId } });
  expect(endSession).toEqual({ ended: true });
  await logIn(username, PASSWORD);
  const { endOtherSessions } = await me.request(operations.EndOtherSessionsDocument, {});
  expect(endOtherSessions).toEqual({ endedCount: 1 });

  const [second, third] = ['the second long phrase', 'the third long phrase'];
  const input = { currentPassword: PASSWORD, newPassword: second };
  const { changePassword } = await me.request(operations.ChangePasswordDocument, { input });
  expect(changePassword).toEqual({ changed: true, errors: [] });
  const asked = await traced(visitor).request(operations.RequestPasswordResetDocument, { input: { email } });
  expect(asked.requestPasswordReset).toEqual({ requested: true, errors: [] });
  const token = (await mailbox.received(email, /Reset/)).token!;
  const { resetPassword } = await traced(visitor).request(operations.ResetPasswordDocument, {
    input: { token, newPassword: third },
  });
  expect(resetPassword).toEqual({ reset: true, errors: [] });
  await expect(me.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });

  const again = traced(visitor.as((await logIn(username, third))!));
  const started = (await again.request(operations.StartTwoFactorSetupDocument, { input: { password: third } }))
    .startTwoFactorSetup;
  const totp = new TOTP({ secret: Secret.fromBase32(started!.secret!) });
  const { enableTwoFactor } = await again.request(operations.EnableTwoFactorDocument, {
    input: { code: totp.generate() },
  });
  const [first, other] = enableTwoFactor!.recoveryCodes;
  const { logIn: loggedIn } = await visitor.request(operations.LogInDocument, {
    input: { identifier: username, password: third },
  });
  const { completeLogIn } = await traced(visitor).request(operations.CompleteLogInDocument, {
    input: { challenge: loggedIn!.challenge!.token, code: first! },
  });
  expect(completeLogIn).toMatchObject({ user: { username }, errors: [] });
  const { twoFactor } = await again.request(operations.TwoFactorDocument, {});
  expect(twoFactor!.recoveryCodesLeft).toBe(9);
  const both = { password: third, code: other! };
  const { replaceRecoveryCodes } = await again.request(operations.ReplaceRecoveryCodesDocument, { input: both });
  const [renewed] = replaceRecoveryCodes!.recoveryCodes;
  const { disableTwoFactor } = await again.request(operations.DisableTwoFactorDocument, {
    input: { password: third, code: renewed! },
  });
  expect(disableTwoFactor).toEqual({ disabled: true, errors: [] });

  const fresh = `new.${username}`.slice(0, 30);
  const { changeUsername } = await again.request(operations.ChangeUsernameDocument, { input: { username: fresh } });
  expect(changeUsername).toMatchObject({ user: { username: fresh }, errors: [] });
  expect((await visitor.request(operations.ProfileDocument, { username })).user).toMatchObject({ username: fresh });
}

/** Deactivates, reactivates and deletes an account. */
async function close(
  visitor: TintypeClient,
  traced: (client: TintypeClient) => TintypeClient,
  { client, username }: Person,
): Promise<void> {
  const input = { identifier: username, password: PASSWORD };
  const { deactivateAccount } = await traced(client).request(operations.DeactivateAccountDocument, {
    password: PASSWORD,
  });
  expect(deactivateAccount).toEqual({ deactivated: true, errors: [] });
  await expect(client.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });
  expect((await visitor.request(operations.ProfileDocument, { username })).user).toBeNull();
  const { logIn } = await visitor.request(operations.LogInDocument, { input });
  expect(logIn).toMatchObject({ reactivated: true, errors: [] });
  const again = traced(visitor.as(logIn!.accessToken!));
  const wrong = await again.request(operations.DeleteAccountDocument, { password: 'another phrase' });
  expect(wrong.deleteAccount).toMatchObject({ deleted: false, errors: [{ code: 'PASSWORD_WRONG' }] });
  const { deleteAccount } = await again.request(operations.DeleteAccountDocument, { password: PASSWORD });
  expect(deleteAccount).toEqual({ deleted: true, errors: [] });
  await expect(again.request(operations.MeDocument, {})).rejects.toMatchObject({ status: 401 });
  const refused = await visitor.request(operations.LogInDocument, { input });
  expect(refused.logIn!.errors.map(({ code }) => code)).toEqual(['CREDENTIALS_WRONG']);
}

/** Follows and unfollows a hashtag, whose posts enter and leave the home feed. */
async function followHashtag(me: TintypeClient, stranger: Person): Promise<void> {
  const name = `Ops${Date.now().toString(36)}`;
  const postId = await publish(stranger, `low water #${name} #lowwater`);
  await eventually(async () => {
    const { hashtag } = await me.request(operations.HashtagDocument, { name });
    expect(hashtag).toMatchObject({ name, postCount: 1, viewerFollows: false });
    expect(hashtag?.recentPosts.edges.map(({ node }) => node?.id)).toEqual([postId]);
    expect(hashtag?.topPosts.edges.map(({ node }) => node?.id)).toEqual([postId]);
    expect(hashtag?.relatedHashtags.map((related) => related.name)).toEqual(['lowwater']);
  });
  const { followHashtag: followed } = await me.request(operations.FollowHashtagDocument, { name: `#${name}` });
  expect(followed).toMatchObject({ hashtag: { viewerFollows: true }, errors: [] });
  const { followedHashtags } = await me.request(operations.FollowedHashtagsDocument, {});
  expect(followedHashtags!.edges.map(({ node }) => node)).toMatchObject([{ name, postCount: 1 }]);
  const broughtBy = async () => {
    const { homeFeed } = await me.request(operations.HomeFeedDocument, {});
    return homeFeed!.edges.filter(({ node }) => node?.id === postId).map(({ hashtag }) => hashtag?.name);
  };
  await eventually(async () => expect(await broughtBy()).toEqual([name]));
  await me.request(operations.UnfollowHashtagDocument, { name });
  expect(await broughtBy()).toEqual([]);
}

/** Finds people, hashtags and posts. */
async function find(me: TintypeClient, stranger: Person): Promise<void> {
  const tag = `find${Date.now().toString(36)}`;
  const postId = await publish(stranger, `Herring gulls #${tag}`);
  await eventually(async () => {
    const { search } = await me.request(operations.SearchDocument, { query: tag });
    expect(search!.edges.map(({ node }) => node)).toMatchObject([
      { __typename: 'Hashtag', name: tag, postCount: 1 },
      { __typename: 'Post', id: postId },
    ]);
    expect(search!.edges[0]?.highlights).toEqual([
      { field: 'HASHTAG', text: tag, ranges: [{ start: 0, end: tag.length }] },
    ]);
  });
  const { username } = stranger;
  await eventually(async () => {
    const { suggest } = await me.request(operations.SuggestDocument, { prefix: `@${username.slice(0, -2)}` });
    expect(suggest).toMatchObject([{ text: `@${username}`, node: { __typename: 'User', username } }]);
  });
}

/** Makes a hashtag trend by posts of several people. */
async function trend(me: TintypeClient, people: readonly Person[]): Promise<void> {
  const tag = `trend${Date.now().toString(36)}`;
  for (const person of people) await publish(person, `Ebb #${tag}`);
  await eventually(
    async () => {
      const { trendingHashtags } = await me.request(operations.TrendingDocument, { window: 'HOUR' });
      const edge = trendingHashtags!.edges.find(({ node }) => node?.name === tag);
      expect(edge).toMatchObject({ node: { postCount: 3 }, recentPeople: 3 });
    },
    { timeoutMs: 30_000 },
  );
  // Topics are computed a minute after a change, so there may be none yet.
  const { influencers } = await me.request(operations.InfluencersDocument, { hashtag: tag });
  expect(influencers!.pageInfo.hasNextPage).toBe(false);
}

/** Recommends posts with hashtags of a liked post, each of them once. */
async function explore(me: TintypeClient, stranger: Person): Promise<void> {
  const tag = `explore${Date.now().toString(36)}`;
  const postId = await publish(stranger, `Slack water #${tag}`);
  const other = await publish(stranger, `High water #${tag}`);
  await me.request(operations.LikePostDocument, { postId });
  await eventually(async () => {
    const found = await me.request(operations.ExploreDocument, {});
    expect(found.explore!.edges).toContainEqual(
      expect.objectContaining({ reason: 'HASHTAG', node: expect.objectContaining({ id: other }) }),
    );
  });
  const again = await me.request(operations.ExploreDocument, {});
  expect(again.explore!.edges.map(({ node }) => node?.id)).not.toContain(other);
  // Explore ignores a source that fails, so only this shows the failure.
  expect(await registry.getSingleMetricAsString('feed_explore_sources_total')).not.toContain('left out');
}

/** Does everything that is possible with a post of somebody else. */
async function engage(me: TintypeClient, friend: Person): Promise<void> {
  const postId = await publish(friend, 'of a friend');
  expect((await me.request(operations.LikePostDocument, { postId })).likePost!.post).toMatchObject({ likeCount: 1 });
  const text = `Well seen, @${friend.username} #fog`;
  const { createComment } = await me.request(operations.CreateCommentDocument, { input: { postId, text } });
  expect(createComment!.comment).toMatchObject({ hashtags: [{ key: 'fog' }], mentions: [{ id: friend.id }] });
  const commentId = createComment!.comment!.id;
  await me.request(operations.UpdateCommentDocument, { input: { commentId, text: 'Well seen' } });
  expect((await me.request(operations.LikeCommentDocument, { commentId })).likeComment!.comment?.likeCount).toBe(1);
  await friend.client.request(operations.CreateCommentDocument, {
    input: { postId, parentId: commentId, text: 'Thanks' },
  });
  const { comment } = await me.request(operations.RepliesDocument, { commentId });
  expect(comment?.replies.edges.map(({ node }) => node.text)).toEqual(['Thanks']);
  await readNotifications(me, friend);
  const { post } = await me.request(operations.CommentsDocument, { postId });
  expect(post?.comments?.edges.map(({ node }) => node.text)).toEqual(['Well seen']);
  const between = { authorId: friend.id, commenterId: (await me.request(operations.MeDocument, {})).me!.id };
  const { commentedPosts } = await me.request(operations.CommentedPostsDocument, between);
  expect(commentedPosts!.edges.map(({ node }) => node!.id)).toEqual([postId]);
  const { sharePost } = await me.request(operations.SharePostDocument, { input: { postId, text: 'Look' } });
  await eventually(async () => {
    const { homeFeed } = await me.request(operations.HomeFeedDocument, {});
    expect(homeFeed!.edges[0]).toMatchObject({ node: { id: postId }, share: { text: 'Look' } });
  });
  const { collection } = (await me.request(operations.CreateCollectionDocument, { name: 'Fog' })).createCollection!;
  await me.request(operations.SavePostDocument, { postId, collectionId: collection!.id });
  const saved = await me.request(operations.SavedPostsDocument, { collectionId: collection!.id });
  expect(saved.savedPosts!.edges.map(({ node }) => node?.id)).toEqual([postId]);
  await eventually(async () => {
    const seen = (await me.request(operations.EngagementDocument, { postId })).post;
    expect(seen).toMatchObject({ likeCount: 1, commentCount: 2, shareCount: 1, viewerHasSaved: true });
    expect(seen?.topComments).toMatchObject([{ text: 'Well seen', likeCount: 1 }]);
    expect(seen?.link).toMatch(new RegExp(`/p/${parseGlobalId('Post', postId)}$`));
    const { post: opened } = await me.request(operations.PostByLinkDocument, { link: seen!.link });
    expect(opened).toMatchObject({ id: postId, author: { id: friend.id } });
  });
  const { post: liked } = await me.request(operations.LikersDocument, { postId });
  expect(liked?.likers).toMatchObject({ totalCount: 1, edges: [{ node: { id: between.commenterId } }] });
  const { username } = (await me.request(operations.MeDocument, {})).me!;
  const { user } = await me.request(operations.SharesDocument, { username });
  expect(user?.shares?.edges).toMatchObject([
    { node: { id: sharePost!.share!.id, text: 'Look', post: { id: postId } } },
  ]);
  const { nodes } = await me.request(operations.NodesDocument, { ids: [postId, friend.id, 'Post_1'] });
  expect(nodes).toMatchObject([{ __typename: 'Post', id: postId }, { username: friend.username }, null]);
  await eventually(async () => {
    const { activity } = await me.request(operations.ActivityDocument, { first: 5 });
    expect(activity!.edges.map(({ node }) => node.__typename)).toEqual([
      'SaveActivity',
      'ShareActivity',
      'CommentLikeActivity',
      'CommentActivity',
      'PostLikeActivity',
    ]);
  });
  await me.request(operations.UnsavePostDocument, { postId });
  await me.request(operations.DeleteShareDocument, { shareId: sharePost!.share!.id });
  await me.request(operations.UnlikeCommentDocument, { commentId });
  await me.request(operations.DeleteCommentDocument, { commentId });
  const { unlikePost } = await me.request(operations.UnlikePostDocument, { postId });
  expect(unlikePost!.post).toMatchObject({ likeCount: 0, viewerHasLiked: false });
}

/** Reads the notification of a friend's reply, and changes a preference. */
async function readNotifications(me: TintypeClient, friend: Person): Promise<void> {
  const [node] = await eventually(async () => {
    const { notifications, unreadNotificationCount } = await me.request(operations.NotificationsDocument, {});
    // The two fields are read one after the other, so it may arrive in between.
    expect([notifications!.edges.length, unreadNotificationCount]).toEqual([1, 1]);
    return notifications!.edges.map((edge) => edge.node);
  });
  expect(node).toMatchObject({
    text: `${friend.username} replied to your comment.`,
    actors: [{ username: friend.username }],
    comment: { text: 'Thanks' },
    isRead: false,
  });
  const read = await me.request(operations.MarkNotificationAsReadDocument, { notificationId: node!.id });
  expect(read.markNotificationAsRead).toMatchObject({ notification: { isRead: true }, unreadNotificationCount: 0 });
  const all = await me.request(operations.MarkAllNotificationsAsReadDocument, { upTo: node!.changeId });
  expect(all.markAllNotificationsAsRead).toEqual({ unreadNotificationCount: 0, errors: [] });
  const preferences = [{ kind: 'REPLY', audience: 'PEOPLE_I_FOLLOW' }] as const;
  await me.request(operations.UpdateNotificationPreferencesDocument, { preferences: [...preferences] });
  const { notificationPreferences } = await me.request(operations.NotificationPreferencesDocument, {});
  expect(notificationPreferences).toContainEqual(preferences[0]);
}

/** Suggests people whom a friend follows, until they are dismissed. */
async function discover(me: TintypeClient, friend: Person, known: Person): Promise<void> {
  await me.request(operations.FollowUserDocument, { userId: friend.id });
  await friend.client.request(operations.FollowUserDocument, { userId: known.id });
  await eventually(async () => {
    const { peopleYouMayKnow } = await me.request(operations.PeopleYouMayKnowDocument, {});
    expect(peopleYouMayKnow!.edges).toMatchObject([
      { node: { id: known.id, mutualFollowerCount: 1 }, mutuals: [{ username: friend.username }] },
    ]);
  });
  const { user } = await me.request(operations.MutualFollowersDocument, { username: known.username });
  expect(user).toMatchObject({ mutualFollowerCount: 1, mutualFollowers: { edges: [{ node: { id: friend.id } }] } });
  const { dismissSuggestion } = await me.request(operations.DismissSuggestionDocument, { userId: known.id });
  expect(dismissSuggestion).toEqual({ dismissedUserId: known.id, errors: [] });
  expect((await me.request(operations.PeopleYouMayKnowDocument, {})).peopleYouMayKnow!.edges).toEqual([]);
  await me.request(operations.UnfollowUserDocument, { userId: friend.id });
}

/** Subscribes a browser to push notifications and sets quiet hours. */
async function configureDelivery(me: TintypeClient): Promise<void> {
  const endpoint = 'https://push.example.org/of-this-browser';
  const p256dh = createECDH('prime256v1').generateKeys('base64url');
  const input = { endpoint, p256dh, auth: randomBytes(16).toString('base64url') };
  const { createPushSubscription } = await me.request(operations.CreatePushSubscriptionDocument, { input });
  expect(createPushSubscription!.errors).toEqual([]);
  const pushSubscriptionId = createPushSubscription!.pushSubscription!.id;
  const known = await me.request(operations.PushSubscriptionsDocument, {});
  expect(Buffer.from(known.pushPublicKey!, 'base64url')).toHaveLength(65);
  expect(known.pushSubscriptions).toMatchObject([{ id: pushSubscriptionId, endpoint }]);
  const { deletePushSubscription } = await me.request(operations.DeletePushSubscriptionDocument, {
    pushSubscriptionId,
  });
  expect(deletePushSubscription!.errors).toEqual([]);
  const quietHours = { from: '22:30', to: '07:00' };
  const { updateNotificationDelivery } = await me.request(operations.UpdateNotificationDeliveryDocument, {
    input: { push: ['COMMENT', 'MENTION'], timeZone: 'Europe/Lisbon', quietHours },
  });
  expect(updateNotificationDelivery).toMatchObject({
    delivery: { push: ['COMMENT', 'MENTION'], quietHours },
    errors: [],
  });
}

test('the link of a post opens it for anyone, unless its author is private', async () => {
  const author = await register(platform.client, 'linked');
  const id = parseGlobalId('Post', await publish(author, 'Fog <over> the weir'))!;
  const page = await fetch(`${platform.url}/p/${id}`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  // Caches may keep the page, but must revalidate it each time.
  expect(page.headers.get('cache-control')).toContain('no-cache');
  const etag = page.headers.get('etag')!;
  for (const held of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const fresh = await fetch(page.url, { headers: { 'if-none-match': held } });
    expect([fresh.status, await fresh.text()], held).toEqual([304, '']);
  }
  const html = await page.text();
  expect(html).toContain('Fog &lt;over&gt; the weir');
  expect((await fetch(/og:image" content="([^"]+)"/.exec(html)![1]!)).status).toBe(200);
  const link = postLink(platform.environment.config.of(publicSettings).publicUrl, id);
  const query = 'query ($link: String) { post(link: $link) { caption link } }';
  const opened = await platform.client.request({ toString: () => query }, { link: `${link}?from=mail` });
  expect(opened).toEqual({ post: { caption: 'Fog <over> the weir', link } });
  for (const other of ['1', 'x', '..%2f', `${id}0`]) {
    expect((await fetch(`${platform.url}/p/${other}`)).status).toBe(404);
  }
  await author.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } });
  expect((await fetch(page.url, { headers: { 'if-none-match': page.headers.get('etag')! } })).status).toBe(404);
});
