import { type ListRecords, personalRecord } from '@tintype/graphql';
import { globalId } from '@tintype/ids';
import { type Executor, query, statement } from '@tintype/postgres';
import type { PostRecordKind } from '#generated/graphql.ts';
import type { MediaModel } from '#media/media.model.ts';
import { findMedia } from '#media/media.repository.ts';
import { type ContentType, isContentType } from '#upload/upload.rules.ts';
import { originalPath, previewPath } from './exported-file.rules.ts';

const EXPORTED_POSTS = statement(
  'exported_posts',
  `SELECT id, caption, audience, state, created_at AS "createdAt", published_at AS "publishedAt", pinned_at AS "pinnedAt"
   FROM post.post
   WHERE author_id = $1 AND deleted_at IS NULL AND id > $2 ORDER BY id LIMIT $3`,
);
const EXPORTED_TYPES = statement(
  'exported_content_types',
  'SELECT id, content_type AS "contentType" FROM post.upload WHERE owner_id = $1 AND id = ANY($2)',
);
const EXPORTED_UPLOADS = statement(
  'exported_uploads',
  `SELECT id, content_type AS "contentType", byte_size AS "byteSize", purpose, created_at AS "createdAt",
     consumed_at IS NOT NULL AS "isUsed!"
   FROM post.upload WHERE owner_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
);

/** A photo with the type of its original. */
export type ExportedMedia = MediaModel & { contentType: ContentType };

export type ExportedPost = {
  id: bigint;
  caption: string;
  audience: string;
  state: string;
  createdAt: Date;
  publishedAt: Date | null;
  pinnedAt: Date | null;
  media: ExportedMedia[];
};

/** Posts of a person in any state, ordered by id, with their photos. */
export async function listExportedPosts(
  executor: Executor,
  userId: bigint,
  after: bigint,
  limit: number,
): Promise<ExportedPost[]> {
  const posts = await query(executor, EXPORTED_POSTS, [userId, after, limit]);
  const media = await findMedia(
    executor,
    posts.map(({ id }) => id),
  );
  const uploads = await query(executor, EXPORTED_TYPES, [userId, media.map(({ uploadId }) => uploadId)]);
  const types = new Map(uploads.map(({ id, contentType }) => [id, contentType]));
  const typed = media.flatMap((one) => {
    const contentType = types.get(one.uploadId);
    return contentType && isContentType(contentType) ? [{ ...one, contentType }] : [];
  });
  const byPost = Map.groupBy(typed, ({ postId }) => postId);
  return posts.map((post) => ({ ...post, media: byPost.get(post.id) ?? [] }));
}

export const RECORDS: Readonly<Record<PostRecordKind, ListRecords>> = {
  async POSTS(executor, ...page) {
    const posts = await listExportedPosts(executor, ...page);
    return posts.map(({ id, caption, audience, state, createdAt, publishedAt, pinnedAt, media }) =>
      personalRecord(id, {
        id: globalId('Post', id),
        caption,
        audience,
        state,
        createdAt,
        publishedAt,
        pinnedAt,
        photos: media.map((photo) => ({
          id: globalId('Photo', photo.id),
          altText: photo.altText,
          width: photo.width,
          height: photo.height,
          original: photo.renditions && originalPath(photo),
          preview: photo.renditions && previewPath(photo),
        })),
      }),
    );
  },
  async UPLOADS(executor, ...page) {
    const rows = await query(executor, EXPORTED_UPLOADS, page);
    return rows.map(({ id, ...upload }) => personalRecord(id, { id: globalId('Upload', id), ...upload }));
  },
};
