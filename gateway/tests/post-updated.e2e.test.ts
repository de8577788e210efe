import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import {
  BlockUserDocument,
  CreatePostDocument,
  DeletePostDocument,
  UpdateProfileDocument,
} from '@tintype/schema/operations';
import { eventually, sharedAddresses } from '@tintype/testing';
import { createClient as createSubscriber } from 'graphql-sse';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, photo, publish, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

type Updated = {
  postUpdated: { state: string; failureReason: string | null; media: { thumbnail: { url: string } | null }[] };
};

const SUBSCRIPTION = `subscription ($id: ID!) {
  postUpdated(id: $id) { state failureReason media { ... on Photo { thumbnail { url } } } }
}`;
const UNPUBLISHED = `SELECT id FROM post.post WHERE state = 'PROCESSING'`;
const PATIENT = { timeout: 60_000 };

describe.each(SHAPES)('the state of a post as it changes, %s', (shape) => {
  let directory: string;
  let services: Services;
  let platform: TestPlatform;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tintype-post-updated-'));
    services = await startServices({ needs: ['redis'], dataDirectory: directory, env: {}, report: () => undefined });
    platform = await startTestPlatform(shape, {}, { ...sharedAddresses(), ...services.env });
  });
  afterAll(async () => {
    await platform?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(directory));
  });

  const joinAs = (label: string) => eventually(() => register(platform.client, label));

  /** Collects states and codes of errors until the stream ends or is closed. */
  const subscribe = (person: Person, id: string) => {
    const client = createSubscriber({
      url: `${platform.url}/events`,
      headers: { authorization: `Bearer ${person.token}` },
    });
    const results = client.iterate<Updated>({ query: SUBSCRIPTION, variables: { id } });
    const received: string[] = [];
    const posts: Updated['postUpdated'][] = [];
    const collect = async () => {
      for await (const { data, errors } of results) {
        if (data) posts.push(data.postUpdated);
        received.push(data?.postUpdated.state ?? String(errors?.[0]?.extensions?.code));
      }
    };
    return { received, posts, ended: collect(), leave: () => results.return?.() };
  };

  const createPost = async ({ client }: Person, bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
    const [uploadId] = await client.upload([{ bytes, contentType: 'image/jpeg' }]);
    const input = { caption: 'soon', media: [{ uploadId: uploadId! }] };
    const { createPost: payload } = await client.request(CreatePostDocument, { input });
    expect(payload!.errors).toEqual([]);
    return payload!.post!.id;
  };

  it('reaches its author: published with renditions, or failed with the reason', async () => {
    const author = await joinAs('author');
    const bytes = await photo();
    const broken = new TextEncoder().encode('this is not a photo');
    const ids = await Promise.all([bytes, broken, bytes].map((file) => createPost(author, file)));
    const [first, second, third] = ids.map((id) => subscribe(author, id));
    for (const { received } of [first!, third!]) await expect.poll(() => received.at(-1), PATIENT).toBe('PUBLISHED');
    await expect.poll(() => second!.received.at(-1), PATIENT).toBe('FAILED');
    expect(first!.posts.at(-1)!.media[0]!.thumbnail!.url).toMatch(/^http/);
    expect(second!.posts.at(-1)!.failureReason).not.toBeNull();
    for (const { received, leave } of [first!, second!, third!]) {
      expect(new Set(received).size).toBe(received.length);
      await leave();
    }
  });

  it('reaches only people who may see the post', async () => {
    const [author, stranger] = [await joinAs('author'), await joinAs('stranger')];
    const hidden = await joinAs('private');
    await hidden.client.request(UpdateProfileDocument, { input: { isPrivate: true } });
    const ids = [await createPost(hidden, await photo()), '1', 'Post_1', 'nonsense'];
    for (const id of ids) {
      const { received, ended } = subscribe(stranger, id);
      await ended;
      expect(received).toEqual(['POST_NOT_FOUND']);
    }
    const id = await publish(author, 'public for now');
    const { received, ended } = subscribe(stranger, id);
    await expect.poll(() => received).toEqual(['PUBLISHED']);
    await author.client.request(BlockUserDocument, { userId: stranger.id });
    const again = subscribe(stranger, id);
    await again.ended;
    expect(again.received).toEqual(['POST_NOT_FOUND']);
    await author.client.request(DeletePostDocument, { input: { postId: id } });
    await ended;
    expect(received).toEqual(['PUBLISHED', 'POST_NOT_FOUND']);
  });

  it('is not lost while the post subgraph or Redis does not answer', async () => {
    const author = await joinAs('author');
    const ids = [await createPost(author, await photo()), await createPost(author, await photo())];
    const subscribers = ids.map((id) => subscribe(author, id));
    const { bringBack } = platform.takeAway('post');
    await services.handles.redis!.kill('SIGKILL');
    await expect.poll(() => platform.environment.database.pool.query(UNPUBLISHED), PATIENT).toMatchObject({ rows: [] });
    await services.handles.redis!.restart();
    bringBack();
    for (const { received, leave } of subscribers) {
      await expect.poll(() => received.at(-1), PATIENT).toBe('PUBLISHED');
      expect(new Set(received).size).toBe(received.length);
      await leave();
    }
  });
});
