import { claimOf, type Idempotency, RequestError, requireGlobalId, requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import { can } from '@tintype/policy';
import type { CompleteResolvers } from '#generated/graphql.ts';
import type { MediaModel, RenditionKind } from '#media/media.model.ts';
import { checkFiles } from '#upload/upload.rules.ts';
import type { UploadForm, UploadService } from '#upload/upload.service.ts';
import type { Context } from '../context.ts';
import { type InputError, inputError } from '../errors.ts';
import type { PostModel } from './post.model.ts';
import { isShown, statesToList } from './post.rules.ts';
import type { PostService } from './post.service.ts';

type PostPayload = { post: PostModel | null; errors: InputError[] };

const uploadPayload = (outcome: { forms: UploadForm[] } | { error: InputError }) =>
  'error' in outcome
    ? { uploads: [], errors: [outcome.error] }
    : { uploads: outcome.forms.map((form) => ({ ...form, id: String(form.id) })), errors: [] };

/** The post, if the viewer may see it. */
async function shown(id: bigint, { loaders }: Context): Promise<PostModel | null> {
  const post = await loaders.posts.load(id);
  return post && isShown(post, await loaders.relations.load(post.authorId)) ? post : null;
}

/** What other subgraphs are told of a post. @param unpublished whether they ask for the viewer's own posts in other states, too */
async function visible(id: bigint, unpublished: boolean, context: Context) {
  const post = await shown(id, context);
  const isPublished = post?.state === 'PUBLISHED';
  if (!post || !(isPublished || unpublished)) return null;
  const relation = await context.loaders.relations.load(post.authorId);
  return { id, authorId: post.authorId, authorMuted: relation?.mutes ?? false, isPublished };
}

type PostResolvers = Omit<CompleteResolvers, 'Query' | 'Post' | 'Hashtag'> & {
  Query: Omit<CompleteResolvers['Query'], 'hashtag' | 'visibleHashtags'>;
  Post: Omit<CompleteResolvers['Post'], 'hashtags' | 'hashtagKeys'>;
};

export function createPostResolvers(deps: {
  posts: PostService;
  uploads: UploadService;
  idempotency: Idempotency;
  /** In front of the key of a rendition. */
  mediaBaseUrl: string;
}): PostResolvers {
  const { posts, uploads, idempotency, mediaBaseUrl } = deps;

  const rendition = (kind: RenditionKind) => (media: MediaModel) => {
    const stored = media.renditions?.find((one) => one.kind === kind);
    if (!stored) return null;
    const { key, width, height, byteSize } = stored;
    return { url: `${mediaBaseUrl}/${key}`, width, height, byteSize };
  };

  return {
    Query: {
      async post(_, { id }, context) {
        const postId = parseGlobalId('Post', id);
        return postId === null ? null : shown(postId, context);
      },
      async visiblePosts(_, { ids, unpublished }, context) {
        const asked = await Promise.all(ids.map((id) => visible(id, unpublished ?? false, context)));
        return asked.filter((one) => one !== null);
      },
      async postsById(_, { ids }, { loaders }) {
        const found = await Promise.all(ids.map((id) => loaders.posts.load(id)));
        return found.filter((post) => post !== null);
      },
      async publishedPosts(_, { after, first }) {
        if (first < 1 || first > MAX_REINDEXED)
          throw new RequestError('BAD_PAGE_SIZE', `The argument first must be from 1 to ${MAX_REINDEXED}.`);
        return posts.publishedAfter(after ?? 0n, first);
      },
      async uploadReady(_, { id, purpose }, context) {
        const { userId } = requireViewer(context);
        const [ready] = await uploads.ready(userId, [id], purpose);
        return ready!.upload !== null;
      },
    },
    Mutation: {
      createUpload(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        const purpose = input.purpose ?? 'POST';
        return idempotency.once(claimOf(context.identity, info, userId, input), {
          async work(remember) {
            const errors = checkFiles(input);
            if (errors.length > 0) return { uploads: [], errors };
            return uploadPayload(await uploads.create(userId, input.files, purpose, remember));
          },
          isRefused: ({ errors }) => errors.length > 0,
          replay: async (ids) => uploadPayload(await uploads.renew(userId, ids.map(BigInt), purpose)),
        });
      },
      createPost(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        return idempotency.once<PostPayload>(claimOf(context.identity, info, userId, input), {
          async work(remember) {
            const outcome = await posts.create(context.identity, input, remember);
            return 'errors' in outcome ? { post: null, errors: outcome.errors } : { post: outcome.post, errors: [] };
          },
          isRefused: ({ post }) => post === null,
          async replay([id]) {
            const post = await shown(BigInt(id!), context);
            return { post, errors: post ? [] : [inputError('POST_NOT_FOUND', [])] };
          },
        });
      },
      async deletePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        const postId = parseGlobalId('Post', input.postId);
        const removed = postId !== null && (await posts.remove(userId, postId));
        if (!removed) return { deletedPostId: null, errors: [inputError('POST_NOT_FOUND', ['postId'])] };
        return { deletedPostId: input.postId, errors: [] };
      },
    },
    Post: {
      __resolveReference: (reference, context) =>
        shown(requireGlobalId('Post', (reference as { id: string }).id), context),
      id: ({ id }) => String(id),
      author: ({ authorId }) => ({ id: authorId }),
      media: async ({ id }, _, { loaders }) => (await loaders.media.load(id)) ?? [],
      // Only its author sees a post that failed.
      failureReason: ({ failureReason }) => failureReason,
    },
    Media: {
      id: ({ id }) => String(id),
      thumbnail: rendition('THUMBNAIL'),
      standard: rendition('STANDARD'),
      highRes: rendition('HIGH_RES'),
    },
    User: {
      async __resolveReference(reference, { loaders }) {
        const id = requireGlobalId('User', (reference as { id: string }).id);
        const relation = await loaders.relations.load(id);
        return relation && can('profile.view', relation) ? { id } : null;
      },
      id: ({ id }) => String(id),
      postCount: async ({ id }, _, { loaders }) => (await loaders.postCounts.load(id)) ?? 0,
      async posts({ id }, { states, ...args }, { loaders }) {
        const relation = await loaders.relations.load(id);
        if (!relation || !can('posts.view', relation)) return EMPTY;
        const wanted = statesToList(states ?? [], relation.isSelf);
        return wanted.length > 0 ? posts.page(id, wanted, args, loaders.postLists) : EMPTY;
      },
    },
  };
}

/** Posts in one answer to who builds an index of them. */
const MAX_REINDEXED = 1000;

const EMPTY = {
  edges: [],
  pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
};
