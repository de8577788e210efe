import { parseIdArgument, RequestError, requireViewer } from '@tintype/graphql';
import { timestampOf } from '@tintype/ids';
import type { Resolvers, SavePostInput } from '#generated/graphql.ts';
import type { PostModel } from '#target/target.model.ts';
import type { Context } from '../context.ts';
import { type InputError, inputError } from '../errors.ts';
import { checkName } from './save.rules.ts';
import type { SaveService } from './save.service.ts';

type SaveResolvers = {
  Query: Pick<NonNullable<Resolvers['Query']>, 'collections' | 'savedPosts'>;
  Mutation: Pick<
    NonNullable<Resolvers['Mutation']>,
    'savePost' | 'unsavePost' | 'createCollection' | 'renameCollection' | 'deleteCollection'
  >;
  Collection: NonNullable<Resolvers['Collection']>;
};

type Place = { post: PostModel; collectionId: bigint | null };

/** What an input names, as far as the viewer may see it. */
async function placeOf(input: SavePostInput, { loaders }: Context): Promise<Place | { errors: InputError[] }> {
  const postId = parseIdArgument(input.postId);
  const post = postId === null ? null : await loaders.visiblePosts.load(postId);
  if (!post) return { errors: [inputError('POST_NOT_FOUND', 'postId')] };
  if (input.collectionId == null) return { post, collectionId: null };
  const collectionId = parseIdArgument(input.collectionId);
  if (collectionId === null) return { errors: [inputError('COLLECTION_NOT_FOUND', 'collectionId')] };
  return { post, collectionId };
}

export function createSaveResolvers(deps: { saves: SaveService }): SaveResolvers {
  const { saves } = deps;

  const change = async (
    input: SavePostInput,
    context: Context,
    work: (place: Place) => ReturnType<SaveService['save']>,
  ) => {
    const place = await placeOf(input, context);
    if ('errors' in place) return { post: null, errors: place.errors };
    const wrong = await work(place);
    return wrong ? { post: null, errors: [inputError(wrong.error, 'collectionId')] } : { post: place.post, errors: [] };
  };

  return {
    Query: {
      collections: (_, args, context) => saves.collections(requireViewer(context).userId, args),
      async savedPosts(_, { collectionId, ...args }, context) {
        const { userId } = requireViewer(context);
        const id = collectionId == null ? null : parseIdArgument(collectionId);
        if (collectionId != null && (id === null || !(await saves.hasCollection(userId, id)))) {
          throw new RequestError('BAD_USER_INPUT', 'you have no collection with this id');
        }
        const { edges, pageInfo } = await saves.saved(userId, id, args);
        const posts = await Promise.all(edges.map(({ node }) => context.loaders.visiblePosts.load(node.postId)));
        return {
          edges: edges.map(({ cursor, node: { id: savedId } }, index) => ({
            cursor,
            node: posts[index],
            savedAt: new Date(timestampOf(savedId)),
          })),
          pageInfo,
        };
      },
    },
    Mutation: {
      savePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        return change(input, context, ({ post, collectionId }) => saves.save(userId, post, collectionId));
      },
      unsavePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        return change(input, context, ({ post, collectionId }) => saves.unsave(userId, post.id, collectionId));
      },
      async createCollection(_, { input }, context) {
        const { userId } = requireViewer(context);
        const name = checkName(input.name);
        if (typeof name !== 'string') return { collection: null, errors: name.errors };
        const outcome = await saves.create(userId, name);
        return 'error' in outcome
          ? { collection: null, errors: [inputError(outcome.error, 'name')] }
          : { collection: outcome.collection, errors: [] };
      },
      async renameCollection(_, { input }, context) {
        const { userId } = requireViewer(context);
        const name = checkName(input.name);
        if (typeof name !== 'string') return { collection: null, errors: name.errors };
        const id = parseIdArgument(input.collectionId) ?? 0n;
        const outcome = await saves.rename(userId, id, name);
        if (!('error' in outcome)) return { collection: outcome.collection, errors: [] };
        const field = outcome.error === 'COLLECTION_NAME_TAKEN' ? 'name' : 'collectionId';
        return { collection: null, errors: [inputError(outcome.error, field)] };
      },
      async deleteCollection(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseIdArgument(input.collectionId);
        if (id === null) {
          return { deletedCollectionId: null, errors: [inputError('COLLECTION_NOT_FOUND', 'collectionId')] };
        }
        await saves.remove(userId, id);
        return { deletedCollectionId: input.collectionId, errors: [] };
      },
    },
    Collection: { id: ({ id }) => String(id) },
  };
}
