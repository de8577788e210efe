import { globalId, parseId } from '@tintype/ids';
import type { Wire } from '@tintype/service';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
} from '@tintype/testing';
import sharp from 'sharp';
import { expect } from 'vitest';
import { wirePost } from '../src/index.ts';

export type PostError = { code: string; path: string[] };
export type Photo = { bytes: Uint8Array<ArrayBuffer>; contentType: string };
type Form = { id: string; url: string; fields: { name: string; value: string }[]; expiresAt: string };
type Rendition = { url: string; width: number; height: number; byteSize: number };
export type PostView = {
  id: string;
  caption: string;
  state: 'PROCESSING' | 'PUBLISHED' | 'FAILED';
  failureReason: string | null;
  publishedAt: string | null;
  media: {
    id: string;
    altText: string;
    width: number | null;
    height: number | null;
    placeholder: string | null;
    thumbnail: Rendition | null;
    standard: Rendition | null;
    highRes: Rendition | null;
  }[];
};

const RENDITION = '{ url width height byteSize }';
export const POST_FIELDS = `id caption state failureReason publishedAt media {
  id altText width height placeholder
  ... on Photo { thumbnail ${RENDITION} standard ${RENDITION} highRes ${RENDITION} }
}`;
const CREATE_UPLOAD = `mutation ($input: CreateUploadInput!) { createUpload(input: $input) {
  uploads { id url fields { name value } expiresAt } errors { code path }
} }`;
const CREATE_POST = `mutation ($input: CreatePostInput!) { createPost(input: $input) {
  post { id state } errors { code path }
} }`;

/**
 * The post subgraph with a few people.
 *
 * @param options.wires real subgraphs to use instead of fakes
 */
export async function startPosts(
  options: { workers?: boolean; people?: number; wires?: Record<string, Wire>; env?: Record<string, string> } = {},
) {
  const environment = await createEnvironment({ env: options.env ?? {} });
  const world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), post: wirePost, ...options.wires };
  const graph = await startSubgraphs(environment, wires, { workers: options.workers ?? false });
  const people = await world.register(options.people ?? 3);
  return { environment, graph, world, people, ...actions(environment, graph) };
}

export type Posts = Awaited<ReturnType<typeof startPosts>>;

function actions(environment: Environment, graph: TestSubgraphs) {
  const askForms = async (viewer: bigint, files: { contentType: string; byteSize: number }[], purpose = 'POST') =>
    (
      await graph.ask<{ createUpload: { uploads: Form[]; errors: PostError[] } }>('post', viewer, CREATE_UPLOAD, {
        input: { files, purpose },
      })
    ).createUpload;

  const upload = async (viewer: bigint, photos: readonly Photo[], purpose = 'POST'): Promise<string[]> => {
    const files = photos.map(({ bytes, contentType }) => ({ contentType, byteSize: bytes.byteLength }));
    const { uploads, errors } = await askForms(viewer, files, purpose);
    expect(errors).toEqual([]);
    const statuses = await Promise.all(uploads.map((form, index) => sendForm(form, photos[index]!)));
    expect(statuses).toEqual(statuses.map(() => 204));
    return uploads.map((form) => form.id);
  };

  const createPost = async (viewer: bigint, media: { uploadId: string; altText?: string }[], caption = '') =>
    (
      await graph.ask<{ createPost: { post: { id: string; state: string } | null; errors: PostError[] } }>(
        'post',
        viewer,
        CREATE_POST,
        { input: { caption, media } },
      )
    ).createPost;

  const findPost = async (viewer: bigint | null, id: string): Promise<PostView | null> =>
    (await graph.ask<{ post: PostView | null }>('post', viewer, `{ post(id: "${id}") { ${POST_FIELDS} } }`)).post;

  const deletePost = async (viewer: bigint, postId: string) =>
    (
      await graph.ask<{ deletePost: { deletedPostId: string | null; errors: PostError[] } }>(
        'post',
        viewer,
        'mutation ($input: DeletePostInput!) { deletePost(input: $input) { deletedPostId errors { code path } } }',
        { input: { postId } },
      )
    ).deletePost;

  /** Uploads photos, creates a post, and waits until the media worker has processed it. */
  const publish = async (viewer: bigint, photos: readonly Photo[], caption = ''): Promise<PostView> => {
    const uploadIds = await upload(viewer, photos);
    const { post, errors } = await createPost(
      viewer,
      uploadIds.map((uploadId) => ({ uploadId })),
      caption,
    );
    expect(errors).toEqual([]);
    return waitForProcessing(viewer, post!.id);
  };

  const waitForProcessing = (viewer: bigint, id: string): Promise<PostView> =>
    eventually(async () => {
      const post = await findPost(viewer, id);
      expect(post?.state).not.toBe('PROCESSING');
      return post!;
    });

  /** Events of the post or person with this global ID, in their order. */
  const eventsOf = async (id: string): Promise<{ type: string; data: Record<string, unknown> }[]> => {
    const text = 'SELECT type, data FROM post.outbox WHERE subject = $1 ORDER BY position';
    return (await environment.database.pool.query(text, [snowflakeOf(id)])).rows;
  };

  const postCount = async (viewer: bigint | null, userId: bigint): Promise<number> => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { postCount } } }`;
    const variables = { r: [{ __typename: 'User', id: globalId('User', userId) }] };
    const { _entities } = await graph.ask<{ _entities: [{ postCount: number }] }>('post', viewer, query, variables);
    return _entities[0].postCount;
  };

  return { askForms, upload, createPost, findPost, deletePost, publish, waitForProcessing, eventsOf, postCount };
}

/** The Snowflake in a global ID, as tables, events and object keys have it. */
export function snowflakeOf(id: string): bigint {
  return parseId(id.slice(id.indexOf('_') + 1))!;
}

/** Sends a form like a client: the fields in order, then the file. @returns the status of the object store */
export async function sendForm(form: Pick<Form, 'url' | 'fields'>, { bytes, contentType }: Photo): Promise<number> {
  const body = new FormData();
  for (const { name, value } of form.fields) body.append(name, value);
  body.append('file', new Blob([bytes], { type: contentType }));
  const response = await fetch(form.url, { method: 'POST', body });
  await response.arrayBuffer();
  return response.status;
}

/** A JPEG of one colour. */
export async function jpeg(background = '#336699', width = 320, height = 240): Promise<Photo> {
  const image = sharp({ create: { width, height, channels: 3, background } });
  return { bytes: new Uint8Array(await image.jpeg().toBuffer()), contentType: 'image/jpeg' };
}
