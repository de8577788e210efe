import { type ListRecords, personalRecord } from '@tintype/graphql';
import { hashtagId, timestampOf } from '@tintype/ids';
import { query, statement } from '@tintype/postgres';
import type { FeedRecordKind } from '#generated/graphql.ts';

const EXPORTED_HASHTAG_FOLLOWS = statement(
  'exported_hashtag_follows',
  `SELECT id, key FROM feed.hashtag_follow WHERE reader_id = $1 AND follows AND id > $2 ORDER BY id LIMIT $3`,
);

export const RECORDS: Readonly<Record<FeedRecordKind, ListRecords>> = {
  async FOLLOWED_HASHTAGS(executor, ...page) {
    const rows = await query(executor, EXPORTED_HASHTAG_FOLLOWS, page);
    return rows.map(({ id, key }) =>
      personalRecord(id, { id: hashtagId(key), name: key, followedAt: new Date(timestampOf(id)) }),
    );
  },
};
