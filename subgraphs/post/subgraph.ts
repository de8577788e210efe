import type { SubgraphManifest } from '@tintype/schema/subgraphs';

export default {
  models: {
    Post: 'post/post.model.ts#PostModel',
    Media: 'media/media.model.ts#MediaModel',
    Photo: 'media/media.model.ts#MediaModel',
    Hashtag: 'hashtag/hashtag.model.ts#HashtagModel',
    User: 'post/post.model.ts#AuthorModel',
  },
  workers: {
    'post-relay': ['post__relay'],
    'post-media': [
      'post__media',
      'post__avatar',
      'post__avatar-cleanup',
      'post__cleanup',
      'post__upload-expiry',
      'post__overdue',
      'post__idempotency-expiry',
      'post__erasure',
    ],
    'post-scores': ['post__engagement', 'post__scores'],
  },
  config: true,
} satisfies SubgraphManifest;
