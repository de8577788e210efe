import {
  type Connection,
  connection,
  encodeCursor,
  type PageArgs,
  pageArgs,
  type Remember,
  readOf,
  type SubgraphClient,
} from '@tintype/graphql';
import { type BannedWords, findMentioned } from '@tintype/graphql/internal';
import type { IdGenerator } from '@tintype/ids';
import { parseGlobalId } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type { SignalPublisher } from '@tintype/redis';
import { extractMentions, normaliseText } from '@tintype/text';
import type { Identity } from '@tintype/viewer';
import type pg from 'pg';
import type { ContentRestriction, CreatePostInput, PostState } from '#generated/graphql.ts';
import { insertMedia, type NewMedia } from '#media/media.repository.ts';
import { consumeUploads } from '#upload/upload.repository.ts';
import type { ReadyUpload, UploadService } from '#upload/upload.service.ts';
import { inputError } from '../errors.ts';
import type { PostLists } from './post.loader.ts';
import type { PostModel } from './post.model.ts';
import type { PostPublisher } from './post.publisher.ts';
import { insertPost, listPublishedAfter, postExists, setRestriction } from './post.repository.ts';
import { checkPost, type PostError } from './post.rules.ts';
import { removePosts } from './remove-posts.ts';

export type PostService = {
  /** Creates a PROCESSING post for the media worker. If there are errors, its uploads stay usable. */
  create(
    identity: Identity,
    input: CreatePostInput,
    remember: Remember,
  ): Promise<{ post: PostModel } | { errors: PostError[] }>;
  /** Deletes a post. @returns whether the author has, or had, this post */
  remove(authorId: bigint, postId: bigint): Promise<boolean>;
  /**
   * Restricts who sees a post, by decision of a moderator.
   *
   * @returns whether it exists, and no decision that is as new was in effect
   */
  restrict(postId: bigint, restriction: ContentRestriction, decisionId: bigint): Promise<boolean>;
  /** Posts of an author in these states, newest first. @throws RequestError BAD_PAGE_SIZE, BAD_CURSOR */
  page(
    authorId: bigint,
    states: readonly PostState[],
    args: PageArgs,
    lists: PostLists,
  ): Promise<Connection<PostModel>>;
  /** Published posts of all authors that are for everyone, ordered by id. */
  publishedAfter(after: bigint, limit: number): Promise<PostModel[]>;
};

const CURSOR = 'posts';

/** Another post used an upload between our check and our write. The transaction is rolled back. */
class UploadUsedError extends Error {
  override name = 'UploadUsedError';
  readonly uploadIds: ReadonlySet<bigint>;

  constructor(uploadIds: ReadonlySet<bigint>) {
    super('an upload was used by another post');
    this.uploadIds = uploadIds;
  }
}

export function createPostService(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  uploads: UploadService;
  publisher: PostPublisher;
  signals: SignalPublisher;
  bannedWords: BannedWords;
  /** Whether an account is in its first days. */
  isNew(userId: bigint): boolean;
  client: SubgraphClient;
}): PostService {
  const { pool, ids, uploads, publisher, signals, bannedWords, isNew, client } = deps;

  const write = (
    authorId: bigint,
    content: Pick<PostModel, 'caption' | 'mentionedIds' | 'audience'>,
    media: readonly NewMedia[],
    remember: Remember,
  ): Promise<PostModel> =>
    transaction(pool, async (tx) => {
      const uploadIds = media.map((one) => one.uploadId);
      const consumed = new Set(await consumeUploads(tx, authorId, uploadIds));
      const used = new Set(uploadIds.filter((id) => !consumed.has(id)));
      if (used.size > 0) throw new UploadUsedError(used);
      const post = await insertPost(tx, { id: ids.next(), authorId, ...content });
      await insertMedia(tx, authorId, post.id, media);
      const data = { postId: String(post.id), authorId: String(authorId) };
      await publisher.publish(tx, 'tintype.post.post.created.v1', data);
      await remember(tx, [String(post.id)]);
      return post;
    });

  return {
    async create(identity, input, remember) {
      const authorId = identity.viewer!.userId;
      const inputErrors = checkPost(input, {
        hasBannedWord: await bannedWords.current(),
        isNewAccount: isNew(authorId),
      });
      if (inputErrors.length > 0) return { errors: inputErrors };
      const uploadIds = input.media.map(({ uploadId }) => parseGlobalId('Upload', uploadId) ?? 0n);
      const ready = await uploads.ready(authorId, uploadIds, 'POST');
      const uploadErrors = ready.flatMap((one, index) => uploadError(one, index) ?? []);
      if (uploadErrors.length > 0) return { errors: uploadErrors };
      const media = ready.map(({ id }, index) => ({
        id: ids.next(),
        uploadId: id,
        altText: normaliseText(input.media[index]!.altText ?? ''),
      }));
      const caption = normaliseText(input.caption ?? '');
      const mentionedIds = await findMentioned(client, extractMentions(caption), identity);
      try {
        const content = { caption, mentionedIds, audience: input.audience };
        return { post: await write(authorId, content, media, remember) };
      } catch (error) {
        if (!(error instanceof UploadUsedError)) throw error;
        return {
          errors: uploadIds.flatMap((id, index) =>
            error.uploadIds.has(id) ? [inputError('UPLOAD_USED', ['media', index, 'uploadId'])] : [],
          ),
        };
      }
    },

    async remove(authorId, postId) {
      const removed = await transaction(pool, (tx) => removePosts(tx, publisher, authorId, [postId]));
      if (removed === 0) return postExists(pool, authorId, postId);
      await signals.publish([{ subject: String(postId), version: 'DELETED' }]);
      return true;
    },

    publishedAfter: (after, limit) => listPublishedAfter(pool, after, limit),

    async restrict(postId, restriction, decisionId) {
      const isNew = await setRestriction(pool, postId, restriction, decisionId);
      if (isNew) await signals.publish([{ subject: String(postId), version: restriction }]);
      return isNew;
    },

    async page(authorId, states, args, lists) {
      if (states.length > 1 || states[0] !== 'PUBLISHED') return pageOfStates(authorId, states, args, lists);
      const page = pageArgs(args, `${CURSOR}:${authorId}`, 2);
      const { direction, size } = page;
      const from = page.from && { publishedMs: page.from[0]!, id: page.from[1]! };
      const posts = (await lists({ states: 'published', from, direction, limit: size + 1 }).load(authorId)) ?? [];
      return connection(
        posts,
        page,
        (post) => post,
        (post) => encodeCursor(page.kind, [post.publishedAt!.getTime(), post.id]),
      );
    },
  };
}

/** Unpublished posts have no publication time, so this list is sorted by creation. */
async function pageOfStates(
  authorId: bigint,
  states: readonly PostState[],
  args: PageArgs,
  lists: PostLists,
): Promise<Connection<PostModel>> {
  const page = pageArgs(args, `${CURSOR}:${authorId}:${states.toSorted().join()}`, 1);
  return connection(
    (await lists({ states, ...readOf(page) }).load(authorId)) ?? [],
    page,
    (post) => post,
    (post) => encodeCursor(page.kind, [post.id]),
  );
}

function uploadError({ upload, used }: ReadyUpload, index: number): PostError | null {
  if (upload) return null;
  return inputError(used ? 'UPLOAD_USED' : 'UPLOAD_NOT_FOUND', ['media', index, 'uploadId']);
}
