import { createConsumer, type EventBus, idOf, millisecondsOf, textsOf, type Worker } from '@tintype/events';
import { transaction } from '@tintype/postgres';
import type { Log } from '@tintype/telemetry';
import { renewKeys } from '@tintype/text';
import type pg from 'pg';
import { addTopicPost, removeTopicPost } from './topic.repository.ts';

/** Follows which hashtags people post with. Can run twice, and in any order. */
export function createTopicConsumer(deps: { bus: EventBus; pool: pg.Pool; log: Log }): Worker {
  const { bus, pool, log } = deps;
  return createConsumer({
    bus,
    stream: 'post',
    durable: 'social-graph__topics',
    filter: 'tintype.post.post.>',
    log,
    async handle({ type, data }) {
      if (type === 'tintype.post.post.deleted.v1') {
        await transaction(pool, (tx) => removeTopicPost(tx, idOf(data, 'postId')));
      } else if (type === 'tintype.post.post.published.v1' && Reflect.has(data as object, 'hashtags')) {
        const keys = renewKeys(textsOf(data, 'hashtags'));
        if (keys.length === 0) return;
        const post = { postId: idOf(data, 'postId'), authorId: idOf(data, 'authorId') };
        const publishedMs = millisecondsOf(data, 'publishedMs');
        await transaction(pool, (tx) => addTopicPost(tx, { ...post, keys, publishedMs }));
      }
    },
  });
}
