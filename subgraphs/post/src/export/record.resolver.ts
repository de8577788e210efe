import { type PersonalRecord, recordLimit } from '@tintype/graphql';
import type { ObjectStore } from '@tintype/s3';
import type { CompleteResolvers, PostRecordKind } from '#generated/graphql.ts';
import { uploadOf } from '#media/media.model.ts';
import { originalKey } from '#upload/upload.rules.ts';
import { originalPath, previewPath } from './exported-file.rules.ts';
import type { ExportedMedia, ExportedPost } from './record.repository.ts';

type RecordResolvers = Pick<CompleteResolvers['Query'], 'postRecords' | 'exportedPosts'>;

/** With up to 20 photos each, whose addresses are signed. */
const MAX_POSTS = 200;
/** Long enough to read the files of a page one after the other. */
const READ_S = 3600;

export function createRecordResolvers(deps: {
  list(kind: PostRecordKind, userId: bigint, after: bigint, limit: number): Promise<PersonalRecord[]>;
  listPosts(userId: bigint, after: bigint, limit: number): Promise<ExportedPost[]>;
  store: Pick<ObjectStore, 'presignRead'>;
}): RecordResolvers {
  const { list, listPosts, store } = deps;

  const filesOf = async (photo: ExportedMedia) => {
    // Photos that were not processed have no files that are known to exist.
    const preview = photo.renditions?.find(({ kind }) => kind === 'STANDARD');
    if (!preview) return [];
    const [original, shown] = await Promise.all([
      store.presignRead(originalKey(uploadOf(photo)), { expiresInS: READ_S }),
      store.presignRead(preview.key, { expiresInS: READ_S }),
    ]);
    return [
      {
        altText: photo.altText,
        original: { path: originalPath(photo), url: original },
        preview: { path: previewPath(photo), url: shown },
      },
    ];
  };

  return {
    postRecords: (_, { userId, kind, after, first }) => list(kind, userId, after, recordLimit(first)),
    async exportedPosts(_, { userId, after, first }) {
      const posts = await listPosts(userId, after, recordLimit(first, MAX_POSTS));
      return Promise.all(
        posts.map(async ({ id, caption, publishedAt, media }) => {
          return { cursor: id, caption, publishedAt, photos: (await Promise.all(media.map(filesOf))).flat() };
        }),
      );
    },
  };
}
