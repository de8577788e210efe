import {
  claimOf,
  deletedSince,
  type Idempotency,
  type Remember,
  RequestError,
  requireGlobalId,
  requireViewer,
} from '@tintype/graphql';
import { globalId, parseGlobalId, timestampOf } from '@tintype/ids';
import { findPublishedPost } from '#entities/entities.visibility.ts';
import type {
  CompleteResolvers,
  CreateCollectionErrorCode,
  CreateCollectionInput,
  SavePostErrorCode,
  SavePostInput,
} from '#generated/graphql.ts';
import { type InputError, inputError } from '../errors.ts';
import type { CollectionModel } from './save.model.ts';
import { checkName } from './save.rules.ts';
import type { SaveService } from './save.service.ts';

type SaveResolvers = {
  Query: Pick<CompleteResolvers['Query'], 'collections' | 'savedPosts'>;
  Mutation: Pick<
    CompleteResolvers['Mutation'],
    'savePost' | 'unsavePost' | 'createCollection' | 'updateCollection' | 'deleteCollection'
  >;
  Collection: CompleteResolvers['Collection'];
};

const refused = (code: SavePostErrorCode, field: string) => ({ post: null, errors: [inputError(code, field)] });

type Created = { collection: CollectionModel | null; errors: InputError<CreateCollectionErrorCode>[] };

const notCreated = (...errors: InputError<CreateCollectionErrorCode>[]): Created => ({ collection: null, errors });

/** The collection of an input. Null if it has none. */
function collectionOf({ collectionId }: SavePostInput): bigint | null | { error: 'COLLECTION_NOT_FOUND' } {
  if (collectionId == null) return null;
  return parseGlobalId('Collection', collectionId) ?? { error: 'COLLECTION_NOT_FOUND' };
}

export function createSaveResolvers(deps: { saves: SaveService; idempotency: Idempotency }): SaveResolvers {
  const { saves, idempotency } = deps;

  const create = async (userId: bigint, input: CreateCollectionInput, remember: Remember): Promise<Created> => {
    const name = checkName(input.name);
    if (typeof name !== 'string') return notCreated(...name.errors);
    const outcome = await saves.create(userId, name, remember);
    return 'error' in outcome
      ? notCreated(inputError(outcome.error, 'name'))
      : { collection: outcome.collection, errors: [] };
  };

  return {
    Query: {
      collections: (_, args, context) => saves.collections(requireViewer(context).userId, args),
      async savedPosts(_, { collectionId, ...args }, context) {
        const { userId } = requireViewer(context);
        const id = collectionId == null ? null : parseGlobalId('Collection', collectionId);
        if (collectionId != null && (id === null || !(await saves.hasCollection(userId, id)))) {
          throw new RequestError('BAD_USER_INPUT', 'You do not have a collection with this ID.');
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
      async savePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        const post = await findPublishedPost(input.postId, context);
        if (!post) return refused('POST_NOT_FOUND', 'postId');
        const collectionId = collectionOf(input);
        if (collectionId !== null && typeof collectionId === 'object')
          return refused(collectionId.error, 'collectionId');
        const wrong = await saves.save(userId, post, collectionId);
        return wrong ? refused(wrong.error, 'collectionId') : { post, errors: [] };
      },
      async unsavePost(_, { input }, context) {
        const { userId } = requireViewer(context);
        const postId = parseGlobalId('Post', input.postId);
        if (postId === null) return refused('POST_NOT_FOUND', 'postId');
        const collectionId = collectionOf(input);
        if (collectionId !== null && typeof collectionId === 'object')
          return refused(collectionId.error, 'collectionId');
        const outcome = await saves.unsave(userId, postId, collectionId);
        if ('error' in outcome) return refused(outcome.error, 'collectionId');
        const post = await findPublishedPost(input.postId, context);
        // A post that has become hidden can still be unsaved. But if it was not saved, the viewer must not learn that
        // it exists.
        return post || outcome.wasSaved ? { post, errors: [] } : refused('POST_NOT_FOUND', 'postId');
      },
      createCollection(_, { input }, context, info) {
        const { userId } = requireViewer(context);
        return idempotency.once(claimOf(context.identity, info, userId, input), {
          work: (remember) => create(userId, input, remember),
          isRefused: ({ collection }) => collection === null,
          async replay([id]) {
            const collection = await saves.find(userId, BigInt(id!));
            return collection ? { collection, errors: [] } : notCreated(deletedSince('COLLECTION_NOT_FOUND'));
          },
        });
      },
      async updateCollection(_, { input }, context) {
        const { userId } = requireViewer(context);
        const name = checkName(input.name);
        if (typeof name !== 'string') return { collection: null, errors: name.errors };
        const id = parseGlobalId('Collection', input.collectionId) ?? 0n;
        const outcome = await saves.rename(userId, id, name);
        if (!('error' in outcome)) return { collection: outcome.collection, errors: [] };
        const field = outcome.error === 'COLLECTION_NAME_TAKEN' ? 'name' : 'collectionId';
        return { collection: null, errors: [inputError(outcome.error, field)] };
      },
      async deleteCollection(_, { input }, context) {
        const { userId } = requireViewer(context);
        const id = parseGlobalId('Collection', input.collectionId);
        if (id === null) {
          return { deletedCollectionId: null, errors: [inputError('COLLECTION_NOT_FOUND', 'collectionId')] };
        }
        await saves.remove(userId, id);
        return { deletedCollectionId: globalId('Collection', id), errors: [] };
      },
    },
    Collection: {
      __resolveReference: (reference, { loaders }) =>
        loaders.collections.load(requireGlobalId('Collection', reference.id)),
      id: ({ id }) => globalId('Collection', id),
    },
  };
}
