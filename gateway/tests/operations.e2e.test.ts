import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { photo, publish, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

// What docs/clients.md promises: typed documents, generated from the public schema, that work against the gateway. That they
// are typed is shown by this file compiling; here each of them runs once.

let platform: TestPlatform;
beforeAll(async () => {
  platform = await startTestPlatform('in one process');
});
afterAll(() => platform?.close());

const PASSWORD = 'a long enough phrase';

test('every example operation runs', async () => {
  const {
    AcceptFollowRequestDocument,
    BlockDocument,
    CreatePostDocument,
    CreateUploadDocument,
    DeclineFollowRequestDocument,
    DeletePostDocument,
    EditProfileDocument,
    FollowDocument,
    FollowersDocument,
    FollowRequestsDocument,
    HomeFeedDocument,
    LogInDocument,
    LogOutDocument,
    MeDocument,
    MuteDocument,
    PostDocument,
    ProfileDocument,
    RefreshSessionDocument,
    RegisterDocument,
    UnblockDocument,
    UnfollowDocument,
    UnmuteDocument,
  } = operations;
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
  const registered = (await traced(visitor).request(RegisterDocument, { input })).register;
  expect(registered.errors).toEqual([]);
  const loggedIn = (
    await traced(visitor).request(LogInDocument, { input: { identifier: username, password: PASSWORD } })
  ).logIn;
  const refreshed = (
    await traced(visitor).request(RefreshSessionDocument, { input: { refreshToken: loggedIn.refreshToken! } })
  ).refreshSession;
  const me = traced(visitor.as(refreshed.accessToken!));
  expect((await me.request(MeDocument, {})).me).toMatchObject({ username, postCount: 0 });

  const bytes = await photo();
  const files = [{ contentType: 'image/jpeg', byteSize: bytes.byteLength }];
  const { createUpload } = await me.request(CreateUploadDocument, { input: { files } });
  expect(createUpload.uploads).toHaveLength(1);
  const [uploadId] = await me.upload([{ bytes, contentType: 'image/jpeg' }]);
  const { createPost } = await me.request(CreatePostDocument, { input: { media: [{ uploadId: uploadId! }] } });
  const id = createPost.post!.id;
  await eventually(async () => expect((await me.request(PostDocument, { id })).post?.state).toBe('PUBLISHED'));
  await eventually(async () => expect((await me.request(HomeFeedDocument, {})).homeFeed.edges).toHaveLength(1));

  const [friend, asker, refused] = await Promise.all(
    ['friend', 'asker', 'refused'].map((name) => register(visitor, name)),
  );
  await publish(friend!, 'of a friend');
  const userId = friend!.id;
  expect((await me.request(FollowDocument, { userId })).follow.state).toBe('FOLLOWING');
  const followers = (await me.request(FollowersDocument, { username: friend!.username })).user!.followers;
  expect(followers.edges.map((edge) => edge.node?.username)).toEqual([username]);
  expect((await me.request(ProfileDocument, { username: friend!.username })).user).toMatchObject({ followerCount: 1 });
  await me.request(MuteDocument, { userId });
  await me.request(UnmuteDocument, { userId });
  expect((await me.request(UnfollowDocument, { userId })).unfollow.state).toBe('NOT_FOLLOWING');
  await me.request(BlockDocument, { userId });
  await me.request(UnblockDocument, { userId });

  await me.request(EditProfileDocument, { input: { bio: 'runs every operation', isPrivate: true } });
  const myId = registered.user!.id;
  for (const person of [asker!, refused!]) {
    await eventually(async () => {
      expect((await person.client.request(FollowDocument, { userId: myId })).follow.state).toBe('REQUESTED');
    });
  }
  expect((await me.request(FollowRequestsDocument, {})).followRequests.edges).toHaveLength(2);
  const accepted = await me.request(AcceptFollowRequestDocument, { userId: asker!.id });
  expect(accepted.acceptFollowRequest.errors).toEqual([]);
  const declined = await me.request(DeclineFollowRequestDocument, { userId: refused!.id });
  expect(declined.declineFollowRequest.errors).toEqual([]);
  expect((await me.request(DeletePostDocument, { input: { postId: id } })).deletePost.deletedPostId).toBe(id);
  expect((await me.request(LogOutDocument, {})).logOut.loggedOut).toBe(true);
  await expect(me.request(MeDocument, {})).rejects.toMatchObject({ status: 401 });

  const documents = Object.entries(operations).filter(([name]) => name.endsWith('Document'));
  const missed = documents.filter(([, document]) => !run.has(document)).map(([name]) => name);
  expect(missed).toEqual([]);
});
