-- Names that say what the columns and tables hold. The key of an original follows from its upload, so it is not stored.
ALTER TABLE post.upload DROP COLUMN object_key;
ALTER TABLE post.media DROP COLUMN object_key;
ALTER TABLE post.post RENAME COLUMN overdue_tries TO overdue_attempts;
ALTER TABLE post.post RENAME COLUMN overdue_at TO overdue_retry_at;

ALTER TABLE post.post_hashtag RENAME COLUMN paired TO was_public;

ALTER TABLE post.hashtag_pair RENAME TO hashtag_cooccurrence;
ALTER TABLE post.hashtag_cooccurrence RENAME COLUMN other TO other_key;
ALTER TABLE post.hashtag_cooccurrence RENAME CONSTRAINT hashtag_pair_pkey TO hashtag_cooccurrence_pkey;
ALTER INDEX post.hashtag_pair_key_post_count_other_idx RENAME TO hashtag_cooccurrence_key_post_count_other_key_idx;

ALTER TABLE post.engagement_due RENAME TO stale_score;
ALTER TABLE post.stale_score RENAME COLUMN due_at TO refresh_at;
ALTER TABLE post.stale_score RENAME COLUMN looks TO refreshes;
ALTER TABLE post.stale_score RENAME CONSTRAINT engagement_due_pkey TO stale_score_pkey;
ALTER INDEX post.engagement_due_due_at_idx RENAME TO stale_score_refresh_at_idx;

ALTER TABLE "user".account RENAME COLUMN avatar_upload_id TO requested_avatar_upload_id;
ALTER TABLE "user".account ADD COLUMN avatar_upload_id BIGINT;
UPDATE "user".account SET avatar_upload_id = split_part(avatar_key, '/', 2)::bigint WHERE avatar_key IS NOT NULL;
