import {
  type Connection,
  connection,
  encodeCursor,
  type PageArgs,
  pageArgs,
  type Remember,
  type SubgraphClient,
} from '@tintype/graphql';
import { findMentioned } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { parseGlobalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import { extractMentions, normaliseText } from '@tintype/text';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import type { CreatePostInput, PostState } from '#generated/graphql.ts';
import { insertMedia, type NewMedia } from '#media/media.repository.ts';
import { consumeUploads } from '#upload/upload.repository.ts';
import type { ReadyUpload, UploadService } from '#upload/upload.service.ts';
import { type InputError, inputError } from '../errors.ts';
import type { PostLists } from './post.loader.ts';
import type { PostModel } from './post.model.ts';
import type { PostPublisher } from './post.publisher.ts';
import { insertPost, listPublishedAfter, postExists } from './post.repository.ts';
import { checkPost } from './post.rules.ts';
import { removePosts } from './remove-posts.ts';

export type PostService = {
  /** Writes a post whose media wait for the media worker. What is wrong leaves its uploads as they were. */
  create(
    by: Identity,
    input: CreatePostInput,
    remember: Remember,
  ): Promise<{ post: PostModel } | { errors: InputError[] }>;
  /** @returns whether the author has, or had, such a post */
  remove(authorId: bigint, postId: bigint): Promise<boolean>;
  /** Posts of an author in some states, newest first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(
    authorId: bigint,
    states: readonly PostState[],
    args: PageArgs,
    lists: PostLists,
  ): Promise<Connection<PostModel>>;
  /** Published posts of everybody, in the order of their ids. */
  publishedAfter(after: bigint, limit: number): Promise<PostModel[]>;
};

const CURSOR = 'posts';

/** An upload was used by another post between the look and the write: everything is rolled back. */
class UploadTakenError extends Error {
  override name = 'UploadTakenError';
  readonly uploadIds: ReadonlySet<bigint>;

  constructor(uploadIds: ReadonlySet<bigint>) {
    super('an upload was taken');
    this.uploadIds = uploadIds;
  }
}

export function createPostService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  uploads: UploadService;
  publisher: PostPublisher;
  client: SubgraphClient;
}): PostService {
  const { pool, ids, uploads, publisher, client } = deps;

  const write = (
    authorId: bigint,
    text: { caption: string; mentionedIds: readonly bigint[] },
    media: readonly NewMedia[],
    remember: Remember,
  ): Promise<PostModel> =>
    transaction(pool, async (tx) => {
      const uploadIds = media.map((one) => one.uploadId);
      const consumed = new Set(await consumeUploads(tx, authorId, uploadIds));
      const taken = new Set(uploadIds.filter((id) => !consumed.has(id)));
      if (taken.size > 0) throw new UploadTakenError(taken);
      const post = await insertPost(tx, { id: ids.next(), authorId, ...text });
      await insertMedia(tx, authorId, post.id, media);
      const data = { postId: String(post.id), authorId: String(authorId) };
      await publisher.tell(tx, 'tintype.post.post.created.v1', data);
      await remember(tx, [String(post.id)]);
      return post;
    });

  return {
    async create(by, input, remember) {
      const authorId = by.viewer!.userId;
      const wrong = checkPost(input);
      if (wrong.length > 0) return { errors: wrong };
      const uploadIds = input.media.map(({ uploadId }) => parseGlobalId('Upload', uploadId) ?? 0n);
      const ready = await uploads.ready(authorId, uploadIds, 'POST');
      const missing = ready.flatMap((one, index) => uploadError(one, index) ?? []);
      if (missing.length > 0) return { errors: missing };
      const media = ready.map(({ id, upload }, index) => ({
        id: ids.next(),
        uploadId: id,
        objectKey: upload!.objectKey,
        altText: normaliseText(input.media[index]!.altText ?? ''),
      }));
      const caption = normaliseText(input.caption ?? '');
      const mentionedIds = await findMentioned(client, extractMentions(caption), by);
      try {
        return { post: await write(authorId, { caption, mentionedIds }, media, remember) };
      } catch (error) {
        if (!(error instanceof UploadTakenError)) throw error;
        return {
          errors: uploadIds.flatMap((id, index) =>
            error.uploadIds.has(id) ? [inputError('UPLOAD_USED', ['media', index, 'uploadId'])] : [],
          ),
        };
      }
    },

    remove: (authorId, postId) =>
      transaction(pool, async (tx) => {
        if ((await removePosts(tx, publisher, authorId, [postId])) === 0) return postExists(tx, authorId, postId);
        return true;
      }),

    publishedAfter: (after, limit) => listPublishedAfter(pool, after, limit),

    async page(authorId, states, args, lists) {
      if (states.length > 1 || states[0] !== 'PUBLISHED') return pageOfStates(authorId, states, args, lists);
      const page = pageArgs(args, CURSOR, 2);
      const after = page.after && { publishedMs: page.after[0]!, id: page.after[1]! };
      const posts = (await lists({ states: 'published', after, limit: page.first + 1 }).load(authorId)) ?? [];
      return connection(
        posts,
        page,
        (post) => post,
        (post) => encodeCursor(CURSOR, [post.publishedAt!.getTime(), post.id]),
      );
    },
  };
}

/** Posts that are not published have no place among those that are: the list is by creation. */
async function pageOfStates(
  authorId: bigint,
  states: readonly PostState[],
  args: PageArgs,
  lists: PostLists,
): Promise<Connection<PostModel>> {
  const kind = `${CURSOR}:${states.join()}`;
  const page = pageArgs(args, kind, 1);
  const part = { states, before: page.after?.[0] ?? null, limit: page.first + 1 };
  return connection(
    (await lists(part).load(authorId)) ?? [],
    page,
    (post) => post,
    (post) => encodeCursor(kind, [post.id]),
  );
}

function uploadError({ upload, used }: ReadyUpload, index: number): InputError | null {
  if (upload) return null;
  return inputError(used ? 'UPLOAD_USED' : 'UPLOAD_NOT_FOUND', ['media', index, 'uploadId']);
}
