import { createOutbox } from '@tintype/events';
import { createPublicCheck } from '#author/public.check.ts';
import { createProcessMediaService } from '#media/process-media.service.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { insertPost } from '#post/post.repository.ts';
import { createPostService } from '#post/post.service.ts';
import type { Posts } from './harness.ts';

/** Posts without photos, published and deleted by the services that do so with photos. */
export function openPublishing(posts: Posts) {
  const { environment, graph } = posts;
  const { database, ids, log } = environment;
  const { pool } = database;
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const isPublic = createPublicCheck({ client: graph.client, log });
  const media = createProcessMediaService({ pool, publisher, storage: undefined as never, isPublic });
  const service = createPostService({ pool, ids, publisher, client: graph.client, uploads: undefined as never });

  const publish = async (authorId: bigint, caption: string): Promise<string> => {
    const { id } = await insertPost(pool, { id: ids.next(), authorId, caption, mentionedIds: [] });
    await media.processPost(authorId, id, new AbortController().signal);
    return String(id);
  };
  const remove = (authorId: bigint, id: string) => service.remove(authorId, BigInt(id));
  return { publish, remove };
}
