import { RequestError } from '@tintype/graphql';
import { extractHashtags, parseHashtagName } from '@tintype/text';
import type { Resolvers } from '#generated/graphql.ts';
import type { HashtagModel } from './hashtag.model.ts';
import { pageOfHashtag } from './hashtag-list.service.ts';

const RELATED = 10;
const MAX_RELATED = 50;

function hashtagOf(name: string): HashtagModel | null {
  const key = parseHashtagName(name);
  return key === null ? null : { key };
}

export function createHashtagResolvers(): {
  Query: Pick<NonNullable<Resolvers['Query']>, 'hashtag'>;
  Hashtag: NonNullable<Resolvers['Hashtag']>;
  Post: Pick<NonNullable<Resolvers['Post']>, 'hashtags' | 'hashtagKeys'>;
} {
  return {
    Query: {
      async hashtag(_, { name }, { loaders }) {
        const hashtag = hashtagOf(name);
        const facts = hashtag && (await loaders.hashtags.load(hashtag.key));
        return facts && facts.postCount > 0 ? hashtag : null;
      },
    },
    Hashtag: {
      // Also where its last post was deleted: who follows it goes on doing so.
      __resolveReference: (reference) => hashtagOf((reference as { key: string }).key),
      name: async ({ key }, _, { loaders }) => (await loaders.hashtags.load(key))?.name ?? key,
      postCount: async ({ key }, _, { loaders }) => (await loaders.hashtags.load(key))?.postCount ?? 0,
      recentPosts: ({ key }, args, context) => pageOfHashtag(key, 'recent', args, context),
      topPosts: ({ key }, args, context) => pageOfHashtag(key, 'top', args, context),
      async relatedHashtags({ key }, { first }, { loaders }) {
        const wanted = first ?? RELATED;
        if (wanted < 1 || wanted > MAX_RELATED) {
          throw new RequestError('BAD_PAGE_SIZE', `first must be from 1 to ${MAX_RELATED}`);
        }
        const keys = (await loaders.relatedHashtags(wanted).load(key)) ?? [];
        return keys.map((related) => ({ key: related }));
      },
    },
    Post: {
      hashtags: ({ caption }) => extractHashtags(caption).map((key) => ({ key })),
      hashtagKeys: ({ caption }) => extractHashtags(caption),
    },
  };
}
