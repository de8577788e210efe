import {
  claimOf,
  deletedSince,
  type Idempotency,
  RequestError,
  requireGlobalId,
  requireViewer,
} from '@tintype/graphql';
import { globalId, parseGlobalId, parsePostLink, postLink } from '@tintype/ids';
import { can, canViewPosts } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { MediaModel, RenditionKind } from '#media/media.model.ts';
import type { Context } from '../context.ts';
import { inputError } from '../errors.ts';
import type { PostModel } from './post.model.ts';
import { type PostError, visibleStates } from './post.rules.ts';
import type { PostService } from './post.service.ts';
import { findVisible } from './post.visibility.ts';

type PostPayload = { post: PostModel | null; errors: PostError[] };

/**
 * The answer of the internal query `visiblePosts`.
 *
 * @param unpublished whether to include the viewer's own unpublished posts
 */
async function findVisibleSummary(id: bigint, unpublished: boolean, context: Context) {
  const post = await findVisible(id, context);
  const isPublished = post?.state === 'PUBLISHED';
  if (!post || !(isPublished || unpublished)) return null;
  const relation = await context.loaders.relations.load(post.authorId);
  const { authorId, audience } = post;
  return { id, authorId, authorMuted: relation?.mutes ?? false, isPublished, audience };
}

type PostResolvers = Omit<CompleteResolvers, 'Query' | 'Mutation' | 'Post' | 'User' | 'Hashtag'> & {
  Query: Omit<
    CompleteResolvers['Query'],
    'exportedPosts' | 'hashtag' | 'postRecords' | 'uploadReady' | 'visibleHashtags'
  >;
  Mutation: Omit<CompleteResolvers['Mutation'], 'createUpload' | 'pinPost' | 'unpinPost'>;
  User: Omit<CompleteResolvers['User'], 'pinnedPosts'>;
  Post: Omit<CompleteResolvers['Post'], 'hashtags' | 'hashtagKeys'>;
};

export function createPostResolvers(deps: {
  posts: PostService;
  idempotency: Idempotency;
  /** The prefix of every rendition's URL. */
  mediaBaseUrl: string;
  /** The prefix of every link. */
  publicUrl: string;
}): PostResolvers {
  const { posts, idempotency, mediaBaseUrl, publicUrl } = deps;

  const rendition = (kind: RenditionKind) => (media: MediaModel) => {
    const stored = media.renditions?.find((one) => one.kind === kind);
    if (!stored) return null;
    const { key, width, height, byteSize } = stored;
    return { url: `${mediaBaseUrl}/${key}`, width, height, byteSize };
  };

  return {
    Query: {
      async post(_, args, context) {
        const [id, link] = [args.id ?? null, args.link ?? null];
        if ((id === null) === (link === null)) {
          throw new RequestError('BAD_USER_INPUT', 'Give the field post either an id or a link.');
        }
        const postId = link === null ? parseGlobalId('Post', id!) : parsePostLink(publicUrl, link);
        return postId === null ? null : findVisible(postId, context);
      },
      async visiblePosts(_, { ids, unpublished }, context) {
        const found = await Promise.all(ids.map((id) => findVisibleSummary(id, unpublished ?? false, context)));
        return found.filter((one) => one !== null);
      },
      async postsById(_, { ids }, { loaders }) {
        const found = await Promise.all(ids.map((id) => loaders.posts.load(id)));
        return found.filter((post) => post !== null);
      },
      async publishedPosts(_, { after, first }) {
        if (first < 1 || first > MAX_PUBLISHED_PAGE)
          throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_PUBLISHED_PAGE}.`);
        return posts.publishedAfter(after ?? 0n, first);
      },
    },
    Mutation: {
      createPost(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        return idempotency.once<PostPayload>(claimOf(context.identity, info, userId, input), {
          async work(remember) {
            const outcome = await posts.create(context.identity, input, remember);
            return 'errors' in outcome ? { post: null, errors: outcome.errors } : { post: outcome.post, errors: [] };
          },
          isRefused: ({ post }) => post === null,
          async replay([id]) {
            const post = await findVisible(BigInt(id!), context);
            return { post, errors: post ? [] : [deletedSince('POST_NOT_FOUND')] };
          },
        });
      },
      async deletePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        const postId = parseGlobalId('Post', input.postId);
        if (postId === null || !(await posts.remove(userId, postId))) {
          return { deletedPostId: null, errors: [inputError('POST_NOT_FOUND', ['postId'])] };
        }
        return { deletedPostId: globalId('Post', postId), errors: [] };
      },
      restrictPost: (_, { id, restriction, decisionId }) => posts.restrict(id, restriction, decisionId),
    },
    Post: {
      __resolveReference: (reference, context) => findVisible(requireGlobalId('Post', reference.id), context),
      id: ({ id }) => globalId('Post', id),
      author: ({ authorId }) => ({ id: authorId }),
      media: async ({ id }, _, { loaders }) => (await loaders.media.load(id)) ?? [],
      async mentions({ mentionedIds }, _, { loaders }) {
        const relations = await Promise.all(mentionedIds.map((id) => loaders.relations.load(id)));
        return relations.flatMap((relation) =>
          relation && !relation.blocks && can('profile.view', relation) ? [{ id: relation.userId }] : [],
        );
      },
      // Only the author sees a FAILED post.
      failureReason: ({ failureReason }) => failureReason,
      link: ({ id }) => postLink(publicUrl, id),
    },
    // All media are photos so far.
    Media: { __resolveType: () => 'Photo' },
    Photo: {
      id: ({ id }) => globalId('Photo', id),
      thumbnail: rendition('THUMBNAIL'),
      standard: rendition('STANDARD'),
      highRes: rendition('HIGH_RES'),
    },
    User: {
      async __resolveReference(reference, { loaders }) {
        const id = requireGlobalId('User', reference.id);
        const relation = await loaders.relations.load(id);
        return relation && can('profile.view', relation) ? { id } : null;
      },
      id: ({ id }) => globalId('User', id),
      async postCount({ id }, _, { loaders }) {
        const [counts, relation] = await Promise.all([loaders.postCounts.load(id), loaders.relations.load(id)]);
        if (!counts) return 0;
        const showsCloseFriends = relation !== null && canViewPosts('CLOSE_FRIENDS', relation);
        return counts.forEveryone + (showsCloseFriends ? counts.forCloseFriends : 0);
      },
      async posts({ id }, { states, ...args }, { loaders }) {
        const relation = await loaders.relations.load(id);
        if (!relation || !can('posts.view', relation)) return EMPTY;
        const visible = visibleStates(states ?? [], relation.isSelf);
        return visible.length > 0 ? posts.page(id, visible, args, loaders.postLists) : EMPTY;
      },
    },
  };
}

/** The largest page of `publishedPosts`, which search reads to rebuild its index. */
const MAX_PUBLISHED_PAGE = 1000;

const EMPTY = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};
