import { RequestError } from '@tintype/graphql';
import { hashtagId } from '@tintype/ids';
import { can } from '@tintype/policy';
import { extractHashtags, findHashtags, parseHashtagName } from '@tintype/text';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { HashtagModel } from './hashtag.model.ts';
import { pageOfHashtag } from './hashtag-list.service.ts';
import { countVisiblePosts, isHashtagVisible } from './hashtag-visibility.service.ts';

const RELATED = 10;
const MAX_RELATED = 50;

function hashtagOf(name: string): HashtagModel | null {
  const key = parseHashtagName(name);
  return key === null ? null : { key };
}

export function createHashtagResolvers(): {
  Query: Pick<CompleteResolvers['Query'], 'hashtag' | 'visibleHashtags'>;
  Hashtag: CompleteResolvers['Hashtag'];
  Post: Pick<CompleteResolvers['Post'], 'hashtags' | 'hashtagKeys'>;
} {
  return {
    Query: {
      async hashtag(_, { name }, context) {
        const key = parseHashtagName(name);
        return key !== null && (await isHashtagVisible(key, context)) ? { key, isVisible: true } : null;
      },
      async visibleHashtags(_, { keys }, context) {
        const known = keys.filter((key) => parseHashtagName(key) === key);
        const visible = await Promise.all(known.map((key) => isHashtagVisible(key, context)));
        return known.filter((_key, index) => visible[index]);
      },
    },
    Hashtag: {
      // Also resolves a hashtag without posts that the viewer may see, because the viewer may still follow it.
      __resolveReference: (reference) => hashtagOf(reference.key),
      id: ({ key }) => hashtagId(key),
      async name({ key, isVisible, writtenAs }, _, context) {
        // The original spelling would reveal that a hidden post has this hashtag.
        if (!(isVisible || (await isHashtagVisible(key, context)))) return key;
        return (await context.loaders.hashtags.load(key))?.name ?? writtenAs ?? key;
      },
      postCount: ({ key }, _, context) => countVisiblePosts(key, context),
      recentPosts: ({ key }, args, context) => pageOfHashtag(key, 'recent', args, context),
      topPosts: ({ key }, args, context) => pageOfHashtag(key, 'top', args, context),
      async relatedHashtags({ key }, { first }, { loaders }) {
        const count = first ?? RELATED;
        if (count < 1 || count > MAX_RELATED) {
          throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_RELATED}.`);
        }
        const related = (await loaders.relatedHashtags(count).load(key)) ?? [];
        const isVisible = await Promise.all(
          related.map(async ({ authorIds }) => {
            const relations = await Promise.all(authorIds.map((id) => loaders.relations.load(id)));
            return relations.some((relation) => relation && can('posts.view', relation));
          }),
        );
        const visible = related.filter((_one, index) => isVisible[index]);
        return visible.slice(0, count).map(({ otherKey }) => ({ key: otherKey, isVisible: true }));
      },
    },
    Post: {
      hashtags: ({ caption }) =>
        findHashtags(caption).map(({ key, name }) => ({ key, isVisible: true, writtenAs: name })),
      hashtagKeys: ({ caption }) => extractHashtags(caption),
    },
  };
}
