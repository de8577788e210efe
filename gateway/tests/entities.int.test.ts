import { globalId } from '@tintype/ids';
import { SUBGRAPHS, type SubgraphName, subgraphSdl } from '@tintype/schema/subgraphs';
import { createEnvironment, type Environment, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { importAccounts } from '@tintype/user';
import { Kind, type ObjectTypeDefinitionNode, type ObjectTypeExtensionNode, parse, type TypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadWires } from './platform/wires.ts';

type Entity = { subgraph: SubgraphName; type: string; fields: string[] };

const isLeaf = (type: TypeNode): boolean => {
  if (type.kind === Kind.NON_NULL_TYPE || type.kind === Kind.LIST_TYPE) return isLeaf(type.type);
  return ['ID', 'String', 'Int', 'Boolean', 'Float', 'DateTime'].includes(type.name.value);
};

/** Every entity type of a subgraph, with the fields that it resolves. */
const ENTITIES: Entity[] = SUBGRAPHS.flatMap((subgraph) =>
  parse(subgraphSdl(subgraph)).definitions.flatMap((definition): Entity[] => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.OBJECT_TYPE_EXTENSION) return [];
    const { name, directives, fields } = definition as ObjectTypeDefinitionNode | ObjectTypeExtensionNode;
    const key = directives?.find((directive) => directive.name.value === 'key');
    const isResolvable = key?.arguments?.every(({ name }) => name.value !== 'resolvable');
    if (!isResolvable) return [];
    const leaves = (fields ?? []).filter(({ type, arguments: args, directives }) => {
      return isLeaf(type) && !args?.length && !directives?.some((directive) => directive.name.value === 'internal');
    });
    return [{ subgraph, type: name.value, fields: leaves.map((field) => field.name.value) }];
  }),
);

let environment: Environment;
let graph: TestSubgraphs;
let [author, blocked, stranger]: bigint[] = [];
const ids: Record<string, string> = {};
beforeAll(async () => {
  environment = await createEnvironment();
  graph = await startSubgraphs(environment, await loadWires());
  const accounts = ['author', 'blocked', 'stranger'].map((username) => {
    return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
  });
  [author, blocked, stranger] = await importAccounts(environment, accounts);
  const { pool } = environment.database;
  const post = environment.ids.next();
  await pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
    [author, post],
  );
  const add = `mutation { createComment(input: { postId: "${globalId('Post', post)}", text: "By the author" }) { comment { id } } }`;
  const said = await graph.ask<{ createComment: { comment: { id: string } } }>('engagement', author!, add);
  const share = `mutation { sharePost(input: { postId: "${globalId('Post', post)}" }) { share { id } } }`;
  const shared = await graph.ask<{ sharePost: { share: { id: string } } }>('engagement', author!, share);
  const block = `mutation { blockUser(input: { userId: "${globalId('User', blocked!)}" }) { errors { code } } }`;
  await graph.ask('social-graph', author!, block);
  Object.assign(ids, {
    User: globalId('User', author!),
    Post: globalId('Post', post),
    Comment: said.createComment.comment.id,
    Share: shared.sharePost.share.id,
  });
});
afterAll(async () => {
  await graph.close();
  await environment.close();
});

describe.each(ENTITIES.filter(({ type }) => ['User', 'Post', 'Comment', 'Share'].includes(type)))(
  'a $type of $subgraph',
  ({ subgraph, type, fields }) => {
    const isThere = async (viewer: bigint, selection: string): Promise<boolean> => {
      const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${type} { ${selection} } } }`;
      const variables = { r: [{ __typename: type, id: ids[type]! }] };
      const { _entities } = await graph.ask<{ _entities: [object | null] }>(subgraph, viewer, query, variables);
      return _entities[0] !== null;
    };

    test.each(['__typename', ...fields])('is hidden or not, independent of %s in the selection', async (selection) => {
      expect(await isThere(stranger!, selection)).toBe(true);
      expect(await isThere(blocked!, selection)).toBe(false);
    });
  },
);

test('every type with a key is tested, or is visible to everybody', () => {
  const types = new Set(ENTITIES.map(({ type }) => type));
  expect([...types].sort()).toEqual([
    'Collection',
    'Comment',
    'CommentLikeNotification',
    'CommentNotification',
    'FollowAcceptedNotification',
    'FollowNotification',
    'FollowRequestNotification',
    'Hashtag',
    'MentionNotification',
    'ModerationNotification',
    'Post',
    'PostFailedNotification',
    'PostLikeNotification',
    'PushSubscription',
    'ReplyNotification',
    'Share',
    'ShareNotification',
    'User',
  ]);
});
