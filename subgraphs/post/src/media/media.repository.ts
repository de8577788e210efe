import { type Executor, keysOf, query, statement } from '@tintype/postgres';
import type { MediaModel, ProcessedMedia } from './media.model.ts';

const MEDIA_BY_POST = statement(
  'media_by_post',
  `SELECT id, author_id AS "authorId", post_id AS "postId", upload_id AS "uploadId", position, alt_text AS "altText", width, height,
     placeholder, renditions
   FROM post.media WHERE post_id = ANY(${keysOf('$1')}) ORDER BY post_id, position`,
).narrow<Pick<MediaModel, 'renditions'>>();

/** Photos of posts, ordered by post and position. */
export function findMedia(executor: Executor, postIds: readonly bigint[]): Promise<MediaModel[]> {
  return query(executor, MEDIA_BY_POST, [postIds]);
}

export type NewMedia = { id: bigint; uploadId: bigint; altText: string };

const MEDIA_INSERT = statement(
  'media_insert',
  `INSERT INTO post.media (author_id, post_id, position, id, upload_id, alt_text)
   SELECT $1, $2, new.ordinal - 1, new.id, new.upload_id, new.alt_text
   FROM unnest($3::bigint[], $4::bigint[], $5::text[]) WITH ORDINALITY AS new(id, upload_id, alt_text, ordinal)`,
);

/** In carousel order. */
export async function insertMedia(
  tx: Executor,
  authorId: bigint,
  postId: bigint,
  media: readonly NewMedia[],
): Promise<void> {
  await query(tx, MEDIA_INSERT, [
    authorId,
    postId,
    media.map((one) => one.id),
    media.map((one) => one.uploadId),
    media.map((one) => one.altText),
  ]);
}

const MEDIA_PROCESSED = statement(
  'media_processed',
  `UPDATE post.media m SET width = p.width, height = p.height, placeholder = p.placeholder, renditions = p.renditions
   FROM unnest($3::int[], $4::int[], $5::int[], $6::text[], $7::jsonb[])
     AS p(position, width, height, placeholder, renditions)
   WHERE m.author_id = $1 AND m.post_id = $2 AND m.position = p.position`,
);

export async function storeProcessed(
  tx: Executor,
  authorId: bigint,
  postId: bigint,
  media: readonly ProcessedMedia[],
): Promise<void> {
  await query(tx, MEDIA_PROCESSED, [
    authorId,
    postId,
    media.map((one) => one.position),
    media.map((one) => one.width),
    media.map((one) => one.height),
    media.map((one) => one.placeholder),
    media.map((one) => JSON.stringify(one.renditions)),
  ]);
}
