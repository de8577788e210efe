import { createConsumer, type EventBus, readEvent, type Worker } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import { POST_EVENTS } from '@tintype/schema/events/post';
import type { Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type pg from 'pg';
import { addTopicPost, removeTopicPost } from './topic.repository.ts';

/** Records which hashtags people post with. Can run twice, and in any order. */
export function createTopicConsumer(deps: { bus: EventBus; pool: pg.Pool; log: Log }): Worker {
  const { bus, pool, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'social-graph__topics',
    filter: 'tintype.post.post.>',
    log,
    async handle(event) {
      const read = readEvent(POST_EVENTS, event);
      if (read?.type === 'tintype.post.post.deleted.v1') {
        await transaction(pool, (tx) => removeTopicPost(tx, read.data.postId));
      } else if (read?.type === 'tintype.post.post.published.v1') {
        const { postId, authorId, publishedMs, hashtags } = read.data;
        const keys = renewKeys(hashtags);
        if (keys.length === 0) return;
        await transaction(pool, (tx) => addTopicPost(tx, { postId, authorId, keys, publishedMs }));
      }
    },
  });
}
