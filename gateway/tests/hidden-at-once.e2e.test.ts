import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { computeInfluencers, type Scene, type Surface, setScene, surfaces, whereSeen } from './platform/scene.ts';
import { moderate } from './platform/staff.ts';

const PASSWORD = 'a long enough phrase';
const LONG = { timeoutMs: 90_000, everyMs: 500 };
const everyone = () => true;
const strangers = ({ viewer }: Surface) => viewer === 'eve' || viewer === 'visitor';

/** A mutation that hides something, the traces that it hides, and the surfaces from which it hides them. */
type Hiding = {
  act(scene: Scene): Promise<{ errors?: unknown[] } | null>;
  traces(scene: Scene): string[];
  from(surface: Surface): boolean;
  /** Surfaces on which it must be visible before, because otherwise the test would prove nothing. */
  seen: readonly string[];
  /** Writes that are refused to Eve afterwards. */
  refused: readonly Write[];
};

type Write =
  | 'like'
  | 'comment'
  | 'save'
  | 'share'
  | 'like of the comment'
  | 'reply'
  | 'like of the post for close friends'
  | 'comment on the post for close friends'
  | 'follow';

/** Writes to what is Ann's: of Ben to her post for close friends, and otherwise of Eve. @returns their error codes */
const WRITES: Record<Write, (scene: Scene) => Promise<string[]>> = {
  like: async ({ eve, annsPost: postId }) =>
    codesOf((await eve.client.request(operations.LikePostDocument, { postId })).likePost),
  comment: async ({ eve, annsPost: postId }) =>
    codesOf(
      (await eve.client.request(operations.CreateCommentDocument, { input: { postId, text: 'Still?' } })).createComment,
    ),
  save: async ({ eve, annsPost: postId }) =>
    codesOf((await eve.client.request(operations.SavePostDocument, { postId, collectionId: null })).savePost),
  share: async ({ eve, annsPost: postId }) =>
    codesOf((await eve.client.request(operations.SharePostDocument, { input: { postId, text: 'Still' } })).sharePost),
  'like of the comment': async ({ eve, comment: commentId }) =>
    codesOf((await eve.client.request(operations.LikeCommentDocument, { commentId })).likeComment),
  reply: async ({ eve, bensPost: postId, comment: parentId }) => {
    const input = { postId, parentId, text: 'Still?' };
    return codesOf((await eve.client.request(operations.CreateCommentDocument, { input })).createComment);
  },
  'like of the post for close friends': async ({ ben, friendsPost: postId }) =>
    codesOf((await ben.client.request(operations.LikePostDocument, { postId })).likePost),
  'comment on the post for close friends': async ({ ben, friendsPost: postId }) =>
    codesOf(
      (await ben.client.request(operations.CreateCommentDocument, { input: { postId, text: 'Still?' } })).createComment,
    ),
  follow: async ({ eve, ann }) =>
    codesOf((await eve.client.request(operations.FollowUserDocument, { userId: ann.id })).followUser),
};
const WITH_THE_POST = ['like', 'comment', 'save', 'share'] as const;
const WITH_THE_COMMENT = ['like of the comment', 'reply'] as const;
const WITH_THE_POST_FOR_FRIENDS = [
  'like of the post for close friends',
  'comment on the post for close friends',
] as const;
const ANYTHING = [...WITH_THE_POST, ...WITH_THE_COMMENT, 'follow'] as const;

function codesOf(payload: { errors: { code: string }[] } | null): string[] {
  return payload!.errors.map(({ code }) => code);
}

/** All surfaces, except those that show only what is Ann's. */
const EVERYWHERE = [
  'profile',
  'profile, to visitors',
  'followers',
  'following',
  'suggestions',
  'home',
  'post',
  'hashtag',
  'influencers',
  'explore',
  'trending',
  'comments',
  'replies',
  'saved',
  'activity',
  'notifications',
  'live events',
  'live events of shares',
  'search, people',
  'search, posts',
  'suggest',
  'link',
  'likers',
  'shares',
  'mentions',
  'post, by its link',
  'nodes',
  'nodes, to visitors',
  'node',
  'live updates of the post',
];

const everythingOf = ({ ann, annsPost, comment, share }: Scene) => [ann.id, ann.username, annsPost, comment, share];

const HIDINGS: Record<string, Hiding> = {
  'going private': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.UpdateProfileDocument, { input: { isPrivate: true } })).updateProfile,
    traces: ({ annsPost, share }) => [annsPost, share],
    from: strangers,
    seen: [
      'post, to visitors',
      'hashtag',
      'explore',
      'trending',
      'search, posts',
      'link',
      'shares',
      'post, by its link',
      'nodes',
      'nodes, to visitors',
      'live updates of the post',
    ],
    refused: WITH_THE_POST,
  },
  'deactivating an account': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.DeactivateAccountDocument, { password: PASSWORD })).deactivateAccount,
    traces: everythingOf,
    from: everyone,
    seen: EVERYWHERE,
    refused: ANYTHING,
  },
  'deleting an account': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.DeleteAccountDocument, { password: PASSWORD })).deleteAccount,
    traces: everythingOf,
    from: everyone,
    seen: EVERYWHERE,
    refused: ANYTHING,
  },
  'blocking somebody': {
    act: async ({ ann, eve }) => (await ann.client.request(operations.BlockUserDocument, { userId: eve.id })).blockUser,
    traces: everythingOf,
    from: ({ viewer }) => viewer === 'eve',
    seen: [
      'followers',
      'suggestions',
      'hashtag',
      'influencers',
      'explore',
      'comments',
      'likers and best comments',
      'notifications of shares',
      'live events of shares',
      'search, people',
      'search, posts',
      'suggest',
      'likers',
      'shares',
      'mentions',
      'post, by its link',
      'nodes',
      'live updates of the post',
    ],
    refused: ANYTHING,
  },
  'deleting a post': {
    act: async ({ ann, annsPost }) =>
      (await ann.client.request(operations.DeletePostDocument, { input: { postId: annsPost } })).deletePost,
    traces: ({ annsPost }) => [annsPost],
    from: everyone,
    seen: [
      'home',
      'post',
      'saved',
      'hashtag',
      'explore',
      'trending',
      'search, posts',
      'link',
      'activity',
      'post, by its link',
      'nodes',
      'node',
      'live updates of the post',
    ],
    refused: WITH_THE_POST,
  },
  'deleting a comment': {
    act: async ({ ann, comment }) =>
      (await ann.client.request(operations.DeleteCommentDocument, { commentId: comment })).deleteComment,
    traces: ({ comment }) => [comment],
    from: everyone,
    // Lists of posts show no comments.
    seen: ['comments', 'replies', 'likers and best comments', 'notifications', 'live events', 'nodes'],
    refused: WITH_THE_COMMENT,
  },
  'a moderator hiding a post': {
    act: ({ platform, annsPost: postId }) => moderate(platform, { postId }, 'HIDE'),
    traces: ({ annsPost }) => [annsPost],
    from: everyone,
    seen: [
      'home',
      'post',
      'saved',
      'hashtag',
      'search, posts',
      'link',
      'activity',
      'nodes',
      'live updates of the post',
    ],
    refused: WITH_THE_POST,
  },
  'a moderator removing a comment': {
    act: ({ platform, comment: commentId }) => moderate(platform, { commentId }, 'REMOVE'),
    traces: ({ comment }) => [comment],
    from: everyone,
    seen: ['comments', 'replies', 'likers and best comments', 'notifications', 'live events', 'nodes'],
    refused: WITH_THE_COMMENT,
  },
  'taking back a share': {
    act: async ({ ann, share }) =>
      (await ann.client.request(operations.DeleteShareDocument, { shareId: share })).deleteShare,
    traces: ({ share }) => [share],
    from: everyone,
    seen: ['home', 'shares', 'nodes'],
    refused: [],
  },
  'removing close friends': {
    async act({ ann, ben, eve }) {
      const removed = await Promise.all(
        [ben, eve].map(({ id: userId }) => ann.client.request(operations.RemoveCloseFriendDocument, { userId })),
      );
      return { errors: removed.flatMap(({ removeCloseFriend }) => removeCloseFriend!.errors) };
    },
    traces: ({ friendsPost }) => [friendsPost],
    from: everyone,
    seen: [
      'profile',
      'home',
      'post for close friends',
      'post for close friends, to those who do not follow',
      'saved',
      'activity',
      'notifications',
      'live events',
      'live updates of the post for close friends',
    ],
    refused: WITH_THE_POST_FOR_FRIENDS,
  },
  'muting somebody': {
    act: async ({ ann, ben }) => (await ben.client.request(operations.MuteUserDocument, { userId: ann.id })).muteUser,
    traces: ({ annsPost, share }) => [annsPost, share],
    from: () => false,
    seen: ['home'],
    refused: [],
  },
};

describe.each(SHAPES)('with NATS unavailable, %s,', (shape) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-hidden-'));
  const scenes = new Map<string, Scene>();
  let services: Services;
  let platform: TestPlatform;

  beforeAll(async () => {
    services = await startServices({ needs: ['nats'], dataDirectory, env: {}, report: () => undefined });
    platform = await startTestPlatform(shape, { NATS_URL: services.env.NATS_URL! });
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    await eventually(() => register(platform.client), LONG);
    for (const name of Object.keys(HIDINGS)) scenes.set(name, await setScene(platform));
    for (const [name, hiding] of Object.entries(HIDINGS)) {
      const scene = scenes.get(name)!;
      // What will be hidden is visible now, in the feeds of followers and in searches.
      await eventually(async () => {
        await computeInfluencers(platform);
        const seen = await whereSeen(surfaces(scene), hiding.traces(scene));
        expect(seen, name).toEqual(expect.arrayContaining([...hiding.seen]));
      }, LONG);
    }
  }, 600_000);
  afterAll(async () => {
    await services?.handles.nats?.restart();
    await platform?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(dataDirectory));
  });

  test.each(['stopped', 'killed'] as const)(
    'and %s',
    async (how) => {
      const nats = services.handles.nats!;
      if (how === 'stopped') process.kill(nats.pid()!, 'SIGSTOP');
      else {
        process.kill(nats.pid()!, 'SIGCONT');
        await nats.kill('SIGKILL');
        await removeKeys(platform.environment.redis);
      }
      const expectHidden = async (name: string) => {
        const [hiding, scene] = [HIDINGS[name]!, scenes.get(name)!];
        const asks = Object.entries(surfaces(scene)).filter(([, surface]) => hiding.from(surface));
        expect(await whereSeen(Object.fromEntries(asks), hiding.traces(scene)), name).toEqual([]);
        if (name !== 'muting somebody') return;
        const { home } = surfaces(scene);
        expect(await whereSeen({ home: home! }, hiding.traces(scene)), name).toEqual([]);
      };
      const names = Object.keys(HIDINGS).filter((_, index) => (index % 2 === 0) === (how === 'stopped'));
      for (const name of names) {
        const [{ act, refused }, scene] = [HIDINGS[name]!, scenes.get(name)!];
        expect((await act(scene))!.errors, name).toEqual([]);
        await expectHidden(name);
        for (const write of refused)
          expect(await WRITES[write](scene), `${name}: ${write}`).toEqual([expect.stringMatching(/_NOT_FOUND$/)]);
        if (name === 'going private') expect(await follow(scene.eve, scene.ann)).toBe('REQUESTED');
      }
      // It stays hidden when caches have expired.
      await removeKeys(platform.environment.redis);
      for (const name of names) await expectHidden(name);
    },
    480_000,
  );
});
