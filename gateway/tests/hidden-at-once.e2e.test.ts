import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placesOf, removePlaces, type Services, startServices } from '@tintype/local';
import * as operations from '@tintype/schema/operations';
import { eventually, removeKeys } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { follow, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';
import { type Scene, type Surface, setScene, surfaces, whereSeen } from './platform/scene.ts';

const PASSWORD = 'a long enough phrase';
const LONG = { timeoutMs: 90_000, everyMs: 500 };
const everyone = () => true;
const strangers = ({ viewer }: Surface) => viewer !== 'ben';

/** What hides something, what is then hidden, and from whom. */
type Hiding = {
  act(scene: Scene): Promise<{ errors?: unknown[] }>;
  traces(scene: Scene): string[];
  from(surface: Surface): boolean;
};

const everythingOf = ({ ann, annsPost, comment, share }: Scene) => [ann.id, ann.username, annsPost, comment, share];

const HIDINGS: Record<string, Hiding> = {
  'going private': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.EditProfileDocument, { input: { isPrivate: true } })).editProfile,
    traces: ({ annsPost, share }) => [annsPost, share],
    from: strangers,
  },
  'deactivating an account': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.DeactivateAccountDocument, { password: PASSWORD })).deactivateAccount,
    traces: everythingOf,
    from: everyone,
  },
  'deleting an account': {
    act: async ({ ann }) =>
      (await ann.client.request(operations.DeleteAccountDocument, { password: PASSWORD })).deleteAccount,
    traces: everythingOf,
    from: everyone,
  },
  'blocking somebody': {
    act: async ({ ann, eve }) => (await ann.client.request(operations.BlockDocument, { userId: eve.id })).block,
    traces: everythingOf,
    from: ({ viewer }) => viewer === 'eve',
  },
  'deleting a post': {
    act: async ({ ann, annsPost }) =>
      (await ann.client.request(operations.DeletePostDocument, { input: { postId: annsPost } })).deletePost,
    traces: ({ annsPost }) => [annsPost],
    from: everyone,
  },
  'deleting a comment': {
    act: async ({ ann, comment }) =>
      (await ann.client.request(operations.DeleteCommentDocument, { commentId: comment })).deleteComment,
    traces: ({ comment }) => [comment],
    from: everyone,
  },
  'taking back a share': {
    act: async ({ ann, share }) =>
      (await ann.client.request(operations.DeleteShareDocument, { shareId: share })).deleteShare,
    traces: ({ share }) => [share],
    from: everyone,
  },
  'muting somebody': {
    act: async ({ ann, ben }) => (await ben.client.request(operations.MuteDocument, { userId: ann.id })).mute,
    traces: ({ annsPost, share }) => [annsPost, share],
    from: () => false,
  },
};

describe.each(SHAPES)('with NATS away, %s,', (shape) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-hidden-'));
  const scenes = new Map<string, Scene>();
  let services: Services;
  let platform: TestPlatform;

  beforeAll(async () => {
    services = await startServices({ needs: ['nats'], dataDirectory, env: {}, report: () => undefined });
    platform = await startTestPlatform(shape, { NATS_URL: services.env.NATS_URL! });
    for (const name of Object.keys(HIDINGS)) scenes.set(name, await setScene(platform));
    for (const [name, hiding] of Object.entries(HIDINGS)) {
      const scene = scenes.get(name)!;
      // What is hidden later is seen now: in the feeds of followers, and by whoever searches.
      await eventually(
        async () => expect(await whereSeen(surfaces(scene), hiding.traces(scene))).toContain('home'),
        LONG,
      );
    }
  }, 600_000);
  afterAll(async () => {
    await services?.handles.nats?.restart();
    await platform?.close();
    await services?.stop();
    await removePlaces(placesOf(dataDirectory));
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
      const names = Object.keys(HIDINGS).filter((_, index) => (index % 2 === 0) === (how === 'stopped'));
      for (const name of names) {
        const [hiding, scene] = [HIDINGS[name]!, scenes.get(name)!];
        expect((await hiding.act(scene)).errors, name).toEqual([]);
        const asks = Object.entries(surfaces(scene)).filter(([, surface]) => hiding.from(surface));
        expect(await whereSeen(Object.fromEntries(asks), hiding.traces(scene)), name).toEqual([]);
        if (name === 'muting somebody') {
          const { home } = surfaces(scene);
          expect(await whereSeen({ home: home! }, hiding.traces(scene)), name).toEqual([]);
        }
        if (name === 'going private')
          expect(await follow(await register(platform.client), scene.ann)).toBe('REQUESTED');
      }
    },
    300_000,
  );
});
