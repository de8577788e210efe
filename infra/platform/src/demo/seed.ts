import type { TintypeClient } from '@tintype/schema/client';
import {
  AddCloseFriendDocument,
  CreateAccountDocument,
  CreateCommentDocument,
  CreatePostDocument,
  FollowHashtagDocument,
  FollowUserDocument,
  LikePostDocument,
  LogInDocument,
  type PostAudience,
  PostDocument,
  ProfileDocument,
  ReportPostDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import {
  CLOSE_FRIENDS,
  COMMENTS,
  DEMO_ACCOUNTS,
  DEMO_PASSWORD,
  FOLLOWED_HASHTAG,
  FOLLOWS,
  LIKES,
  POSTS,
  REPORTS,
} from './accounts.ts';
import { createPatientClient } from './patient-client.ts';
import { renderScene } from './scene.ts';

const PUBLISH_TIMEOUT_MS = 60_000;

/** How many steps are done, and the name of the last one. */
export type SeedStep = { text: string; done: number };

/** The accounts, the follows, and each post. */
export const SEED_STEPS = 2 + POSTS.length;

type Member = { id: string; client: TintypeClient };

/** The user errors of a payload as an exception. */
function refuse(what: string, errors: readonly { message: string }[]): void {
  if (errors.length > 0) throw new Error(`${what}: ${errors.map((error) => error.message).join('; ')}`);
}

/**
 * Fills an empty platform through its public API, like a client: accounts with avatars, follows, and photos that go
 * through the pipeline. Resolves when every post is published. Continues where an earlier run stopped.
 */
export async function seedDemo(endpoint: string, report: (step: SeedStep) => void): Promise<void> {
  let done = 0;
  const finish = (text: string) => report({ text, done: ++done });
  const visitor = createPatientClient(endpoint);
  const members: Member[] = [];
  for (const { username, displayName } of DEMO_ACCOUNTS) {
    members.push(await join(visitor, username, displayName));
  }
  finish(`${members.length} accounts`);
  await Promise.all(members.map(({ client }, index) => dress(client, index)));
  for (const [follower, followee] of FOLLOWS) {
    const { followUser } = await members[follower]!.client.request(FollowUserDocument, {
      userId: members[followee]!.id,
    });
    refuse('followUser', followUser!.errors);
  }
  for (const [account, friend] of CLOSE_FRIENDS) {
    const { addCloseFriend } = await members[account]!.client.request(AddCloseFriendDocument, {
      userId: members[friend]!.id,
    });
    refuse('addCloseFriend', addCloseFriend!.errors);
  }
  const { followHashtag } = await members[0]!.client.request(FollowHashtagDocument, { name: FOLLOWED_HASHTAG });
  refuse('followHashtag', followHashtag!.errors);
  finish(`${FOLLOWS.length} follows and a followed hashtag`);
  let seed = 100;
  for (const [index, { author, caption, photos, audience = 'EVERYONE' }] of POSTS.entries()) {
    const from = seed;
    seed += photos;
    const { client } = members[author]!;
    if (await hasPosted(client, DEMO_ACCOUNTS[author]!.username, caption)) {
      done += 1;
      continue;
    }
    const bytes = await Promise.all(Array.from({ length: photos }, (_, index) => renderScene(from + index)));
    const id = await publish(client, bytes, caption, audience);
    await engage(members, index, id);
    finish(caption);
  }
}

async function join(visitor: TintypeClient, username: string, displayName: string): Promise<Member> {
  const input = { username, displayName, email: `${username}@example.org`, password: DEMO_PASSWORD };
  const { createAccount } = await visitor.request(CreateAccountDocument, { input });
  if (createAccount!.user) return { id: createAccount!.user.id, client: visitor.as(createAccount!.accessToken) };
  const { logIn } = await visitor.request(LogInDocument, { input: { identifier: username, password: DEMO_PASSWORD } });
  refuse(`log in as ${username}`, logIn!.errors);
  return { id: logIn!.user!.id, client: visitor.as(logIn!.accessToken) };
}

async function hasPosted(client: TintypeClient, username: string, caption: string): Promise<boolean> {
  const { user } = await client.request(ProfileDocument, { username });
  return user?.posts?.edges.some((edge) => edge.node?.caption === caption) ?? false;
}

async function dress(client: TintypeClient, index: number): Promise<void> {
  const files = [{ bytes: await renderScene(index + 1, 1600), contentType: 'image/jpeg' }];
  const [avatarUploadId] = await client.upload(files, 'AVATAR');
  const { bio, category } = DEMO_ACCOUNTS[index]!;
  const input = { bio, category, avatarUploadId: avatarUploadId! };
  const { updateProfile } = await client.request(UpdateProfileDocument, { input });
  refuse('updateProfile', updateProfile!.errors);
}

/** What the demo accounts do with a post: comments, likes and reports. */
async function engage(members: readonly Member[], index: number, postId: string): Promise<void> {
  for (const [liker, post] of LIKES) {
    if (post !== index) continue;
    const { likePost } = await members[liker]!.client.request(LikePostDocument, { postId });
    refuse('likePost', likePost!.errors);
  }
  for (const { author, post, text } of COMMENTS) {
    if (post !== index) continue;
    const { createComment } = await members[author]!.client.request(CreateCommentDocument, { input: { postId, text } });
    refuse('createComment', createComment!.errors);
  }
  for (const { reporter, post, reason, text } of REPORTS) {
    if (post !== index) continue;
    const input = { postId, reason, text };
    const { reportPost } = await members[reporter]!.client.request(ReportPostDocument, { input });
    refuse('reportPost', reportPost!.errors);
  }
}

/** One post after another, so that the feed has the order of the script. */
async function publish(
  client: TintypeClient,
  photos: Buffer<ArrayBuffer>[],
  caption: string,
  audience: PostAudience,
): Promise<string> {
  const uploadIds = await client.upload(photos.map((bytes) => ({ bytes, contentType: 'image/jpeg' })));
  const media = uploadIds.map((uploadId) => ({ uploadId, altText: 'A generated landscape of hills under a low sun.' }));
  const { createPost } = await client.request(CreatePostDocument, {
    input: { caption, media, audience },
  });
  refuse('createPost', createPost!.errors);
  const until = Date.now() + PUBLISH_TIMEOUT_MS;
  for (;;) {
    const { post } = await client.request(PostDocument, { id: createPost!.post!.id });
    if (post?.state === 'PUBLISHED') return post.id;
    if (post?.state === 'FAILED') throw new Error(`A demo photo failed: ${post.failureReason}`);
    if (Date.now() > until) throw new Error('A demo photo was not published within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}
