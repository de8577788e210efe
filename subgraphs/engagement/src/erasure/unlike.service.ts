import type { ErasureStep, Outbox } from '@tintype/events';
import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { IdGenerator } from '@tintype/ids';
import { transaction } from '@tintype/postgres';
import type pg from 'pg';
import { toLikeEvent } from '#like/like.log.ts';
import type { LikeChange } from '#like/like.model.ts';
import type { LikeTarget } from '#target/target.model.ts';
import { dropLikes, findCommentAuthors, type Liked, listLiked } from './liked.repository.ts';

const AUTHORS = 'query PostAuthors($ids: [ID!]!) { postsById(ids: $ids) { id author { id } } }';
type Answer = { postsById: { id: string; author: { id: string } }[] };

/**
 * Takes back what a person likes, by the log: the words are on disk when this resolves, and tables and counts follow as with all words.
 * So a row is still there when the next page is looked for, which begins behind it.
 */
export function createUnlikeStep(deps: {
  pool: pg.Pool;
  ids: IdGenerator;
  outbox: Outbox;
  client: SubgraphClient;
}): ErasureStep['next'] {
  const { pool, ids, outbox, client } = deps;

  const postAuthors = async (postIds: readonly bigint[]): Promise<Map<bigint, bigint>> => {
    if (postIds.length === 0) return new Map();
    const request = { query: AUTHORS, variables: { ids: postIds.map(String) }, pass: systemPass() };
    const { postsById } = await client.request<Answer>('post', request);
    return new Map(postsById.map(({ id, author }) => [BigInt(id), BigInt(author.id)]));
  };

  /** By target; what is not there any more is left out. */
  const targetsOf = async (liked: readonly Liked[]): Promise<Map<bigint, LikeTarget>> => {
    const [comments, posts] = [liked.filter((one) => one.isComment), liked.filter((one) => !one.isComment)];
    const ofPosts = await postAuthors(posts.map((one) => one.targetId));
    const ofComments = await findCommentAuthors(
      pool,
      comments.map((one) => one.targetId),
    );
    const commentAuthors = new Map(ofComments.map((one) => [one.id, one]));
    return new Map(
      liked.flatMap(({ targetId: id, postId, isComment }): [bigint, LikeTarget][] => {
        const postAuthorId = isComment ? commentAuthors.get(id)?.postAuthorId : ofPosts.get(id);
        const ownerId = isComment ? commentAuthors.get(id)?.authorId : postAuthorId;
        if (postAuthorId === undefined || ownerId === undefined) return [];
        return [[id, { id, postId, isComment, postAuthorId, ownerId }]];
      }),
    );
  };

  return async (userId, limit, place) => {
    const liked = await listLiked(pool, userId, place.after, limit);
    if (liked.length === 0) return 0;
    const targets = await targetsOf(liked);
    const words = [...targets.values()].map((target): LikeChange => ({ id: ids.next(), userId, target, liked: false }));
    const lost = liked.filter((one) => !targets.has(one.targetId)).map((one) => one.targetId);
    await transaction(pool, async (tx) => {
      if (lost.length > 0) await dropLikes(tx, userId, lost);
      if (words.length > 0) await outbox.append(tx, [toLikeEvent(words)]);
    });
    place.after = liked.at(-1)!.id;
    return liked.length;
  };
}
