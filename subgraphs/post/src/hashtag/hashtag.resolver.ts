import { RequestError } from '@tintype/graphql';
import { can } from '@tintype/policy';
import { extractHashtags, findHashtags, parseHashtagName } from '@tintype/text';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { HashtagModel } from './hashtag.model.ts';
import { pageOfHashtag } from './hashtag-list.service.ts';
import { countShown, isHashtagShown } from './visible-hashtag.ts';

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
        return key !== null && (await isHashtagShown(key, context)) ? { key, isShown: true } : null;
      },
      async visibleHashtags(_, { keys }, context) {
        const shown = await Promise.all(keys.map((key) => isHashtagShown(key, context)));
        return keys.filter((_key, index) => shown[index]);
      },
    },
    Hashtag: {
      // Also where no post has it, or none that the viewer may see: whoever follows it goes on doing so.
      __resolveReference: (reference) => hashtagOf((reference as { key: string }).key),
      async name({ key, isShown, written }, _, context) {
        // How it was first written would tell that somebody wrote it.
        if (!(isShown || (await isHashtagShown(key, context)))) return key;
        return (await context.loaders.hashtags.load(key))?.name ?? written ?? key;
      },
      postCount: ({ key }, _, context) => countShown(key, context),
      recentPosts: ({ key }, args, context) => pageOfHashtag(key, 'recent', args, context),
      topPosts: ({ key }, args, context) => pageOfHashtag(key, 'top', args, context),
      async relatedHashtags({ key }, { first }, { loaders }) {
        const wanted = first ?? RELATED;
        if (wanted < 1 || wanted > MAX_RELATED) {
          throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_RELATED}.`);
        }
        const related = (await loaders.relatedHashtags(wanted).load(key)) ?? [];
        const shown = await Promise.all(
          related.map(async ({ authorIds }) => {
            const relations = await Promise.all(authorIds.map((id) => loaders.relations.load(id)));
            return relations.some((relation) => relation && can('posts.view', relation));
          }),
        );
        const seen = related.filter((_one, index) => shown[index]);
        return seen.slice(0, wanted).map(({ other }) => ({ key: other, isShown: true }));
      },
    },
    Post: {
      hashtags: ({ caption }) => findHashtags(caption).map(({ key, name }) => ({ key, isShown: true, written: name })),
      hashtagKeys: ({ caption }) => extractHashtags(caption),
    },
  };
}
