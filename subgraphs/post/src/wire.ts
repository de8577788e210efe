import { createErasureConsumer, createOutbox, createRelay } from '@tintype/events';
import { createIdempotency, createSubgraph } from '@tintype/graphql';
import { createBannedWords } from '@tintype/graphql/internal';
import { timestampOf } from '@tintype/ids';
import { isNewAccount } from '@tintype/policy';
import { createSignalPublisher } from '@tintype/redis';
import { createObjectStore } from '@tintype/s3';
import { subgraphSdl } from '@tintype/schema/subgraphs';
import { createExpiryJob, mediaSettings, publicSettings, s3Settings, type Wire } from '@tintype/service';
import { createAvatarReplacedConsumer } from '#avatar/on-avatar-replaced.consumer.ts';
import { createAvatarRequestedConsumer } from '#avatar/on-avatar-requested.consumer.ts';
import { createErasureSteps, createRemoveIfErased } from '#erasure/erasure.service.ts';
import { listExportedPosts, RECORDS } from '#export/record.repository.ts';
import { createRecordResolvers } from '#export/record.resolver.ts';
import type { CompleteResolvers } from '#generated/graphql.ts';
import { createHashtagResolvers } from '#hashtag/hashtag.resolver.ts';
import { createMediaService } from '#media/media.service.ts';
import { createMediaStorage, PUBLIC_PREFIX } from '#media/media.storage.ts';
import { createPostDeletedConsumer } from '#media/on-post-deleted.consumer.ts';
import { createPinResolvers } from '#pin/pin.resolver.ts';
import { createPinService } from '#pin/pin.service.ts';
import { createPostPublisher } from '#post/post.publisher.ts';
import { createPostResolvers } from '#post/post.resolver.ts';
import { createPostService } from '#post/post.service.ts';
import { createPostCreatedConsumer } from '#publishing/on-post-created.consumer.ts';
import { createOverduePostJob } from '#publishing/overdue-post.job.ts';
import { createOverduePostService } from '#publishing/overdue-post.service.ts';
import { createPublicAccountCheck } from '#publishing/public-account.check.ts';
import { createPublishPostService } from '#publishing/publish-post.service.ts';
import { createEngagementConsumer } from '#score/on-engagement.consumer.ts';
import { createScoreJob } from '#score/score.job.ts';
import { createScoreService } from '#score/score.service.ts';
import { createUploadResolvers } from '#upload/upload.resolver.ts';
import { createUploadService } from '#upload/upload.service.ts';
import { createUploadExpiryJob } from '#upload/upload-expiry.job.ts';
import { uploadSettings } from './config.ts';
import { createLoaders } from './loaders.ts';

export const wire: Wire = async ({ config, database, redis, ids, client, log }) => {
  const store = createObjectStore(config.of(s3Settings));
  const { pool } = database;
  await store.ensureBucket(PUBLIC_PREFIX);
  const publisher = createPostPublisher(createOutbox({ owner: 'post', ids }));
  const signals = createSignalPublisher({ redis, owner: 'post' });
  const idempotency = createIdempotency({ pool, schema: 'post' });
  const storage = createMediaStorage({ store, secret: config.secret });
  const uploads = createUploadService({ pool, store, ids, quota: config.of(uploadSettings) });
  const posts = createPostService({
    pool,
    ids,
    uploads,
    publisher,
    signals,
    bannedWords: createBannedWords({ client, log }),
    isNew: (userId) => isNewAccount(timestampOf(userId), config.newAccountDays),
    client,
  });
  const publishing = createPublishPostService({
    pool,
    media: createMediaService({ pool, storage }),
    storage,
    publisher,
    signals,
    isPublicAccount: createPublicAccountCheck({ client, log }),
  });
  const removeIfErased = createRemoveIfErased({ pool, publisher });
  const overdue = createOverduePostService({ pool, posts: publishing, removeIfErased, log });
  const post = createPostResolvers({
    posts,
    idempotency,
    ...config.of(mediaSettings),
    ...config.of(publicSettings),
  });
  const pin = createPinResolvers({ pins: createPinService({ pool }) });
  const upload = createUploadResolvers({ uploads, idempotency });
  const record = createRecordResolvers({
    list: (kind, ...page) => RECORDS[kind](pool, ...page),
    listPosts: (...page) => listExportedPosts(pool, ...page),
    store,
  });
  const hashtag = createHashtagResolvers();
  const subgraph = createSubgraph({
    name: 'post',
    typeDefs: subgraphSdl('post'),
    resolvers: {
      ...post,
      Query: { ...post.Query, ...hashtag.Query, ...upload.Query, ...record },
      Mutation: { ...post.Mutation, ...pin.Mutation, ...upload.Mutation },
      User: { ...post.User, ...pin.User },
      Post: { ...post.Post, ...hashtag.Post },
      Hashtag: hashtag.Hashtag,
    } satisfies CompleteResolvers,
    createLoaders: createLoaders({ pool, client }),
    log,
  });
  return {
    subgraph,
    createWorkers: (bus) => [
      createExpiryJob({ name: 'post__idempotency-expiry', remove: idempotency.removeOld, log }),
      createRelay({ owner: 'post', database, bus, log }),
      createPostCreatedConsumer({ bus, posts: publishing, removeIfErased, log }),
      createOverduePostJob({ overdue, log }),
      createAvatarRequestedConsumer({ bus, pool, storage, publisher, log }),
      createAvatarReplacedConsumer({ bus, storage, log }),
      createPostDeletedConsumer({ bus, pool, storage, log }),
      createUploadExpiryJob({ pool, store, log }),
      createEngagementConsumer({ bus, pool, log }),
      createScoreJob({ scores: createScoreService({ pool, client }), log }),
      createErasureConsumer({
        bus,
        owner: 'post',
        steps: createErasureSteps({ pool, idempotency, store, publisher, signals }),
        log,
      }),
    ],
    close: async () => store.close(),
  };
};
