import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import { createExpiryJob, type Wire } from '@tintype/service';
import { createPublicCheck } from '#author/public.check.ts';
import { createEngagementConsumer } from '#engagement/on-engagement.consumer.ts';
import { createScoreJob } from '#engagement/score.job.ts';
import { createScoreService } from '#engagement/score.service.ts';
import { createErasureSteps, createRemoveLate } from '#erasure/erasure.service.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createHashtagResolvers } from '#hashtag/hashtag.resolver.ts';
import { createMediaStorage, PUBLIC_PREFIX } from '#media/media.storage.ts';
import { createAvatarCleanup } from '#media/on-avatar-replaced.consumer.ts';
import { createCleanupConsumer } from '#media/on-post-deleted.consumer.ts';
import { createOverdueJob } from '#media/overdue.job.ts';
import { createOverdueService } from '#media/overdue.service.ts';
import { createAvatarWorker } from '#media/process-avatar.job.ts';
import { createMediaWorker } from '#media/process-media.job.ts';
import { createProcessMediaService } from '#media/process-media.service.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { createPostResolvers } from '#post/post.resolver.ts';
import { createPostService } from '#post/post.service.ts';
import { createUploadService } from '#upload/upload.service.ts';
import { createUploadExpiryJob } from '#upload/upload-expiry.job.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = async ({ config, database, bus, store, ids, client, log }) => {
  const { pool } = database;
  await store.ensureBucket(PUBLIC_PREFIX);
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const idempotency = createIdempotency({ pool, schema: 'post' });
  const storage = createMediaStorage({ store, secret: config.secret });
  const uploads = createUploadService({ pool, store, ids, quota: config.uploads });
  const posts = createPostService({ pool, ids, uploads, publisher, client });
  const media = createProcessMediaService({ pool, storage, publisher, isPublic: createPublicCheck({ client, log }) });
  const removeLate = createRemoveLate({ pool, publisher });
  const post = createPostResolvers({ posts, uploads, idempotency, mediaBaseUrl: config.mediaBaseUrl });
  const hashtag = createHashtagResolvers();
  const subgraph = createSubgraph({
    name: 'post',
    typeDefs: subgraphSdl('post'),
    resolvers: {
      ...post,
      Query: { ...post.Query, ...hashtag.Query },
      Post: { ...post.Post, ...hashtag.Post },
      Hashtag: hashtag.Hashtag,
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    workers: [
      createExpiryJob({ name: 'post__idempotency-expiry', remove: idempotency.removeOld, log }),
      createRelay({ owner: 'post', database, bus, log }),
      createMediaWorker({ bus, media, removeLate, log }),
      createOverdueJob({ overdue: createOverdueService({ pool, media, removeLate, log }), log }),
      createAvatarWorker({ bus, pool, storage, publisher, log }),
      createAvatarCleanup({ bus, pool, storage, log }),
      createCleanupConsumer({ bus, pool, storage, log }),
      createUploadExpiryJob({ pool, store, log }),
      createEngagementConsumer({ bus, pool, log }),
      createScoreJob({ scores: createScoreService({ pool, client }), log }),
      createErasureConsumer({
        bus,
        owner: 'post',
        steps: createErasureSteps({ pool, idempotency, store, publisher }),
        log,
      }),
    ],
  };
};
