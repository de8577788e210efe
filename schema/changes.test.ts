import { describe, expect, test } from 'vitest';
import { findBreakingChanges, findUnlistedChanges, listedChanges } from './changes.ts';

const RELEASED = `
  directive @authenticated on FIELD_DEFINITION
  directive @cost(weight: Int!) on FIELD_DEFINITION | OBJECT
  type Query { post(id: ID!, draft: Boolean): Post @cost(weight: 3) posts(order: Order): [Post!]! }
  type Post implements Node @cost(weight: 8) { id: ID! caption: String! likes: Int }
  interface Node { id: ID! }
  enum Order { NEW TOP }
  type Mutation { like(input: LikeInput!): Post }
  input LikeInput { id: ID! note: String }
  union Result = Post | Query
`;

/** Coordinates of breaking changes after this replacement in the released schema. */
const breaks = async (from: string, to: string) =>
  (await findBreakingChanges(RELEASED, RELEASED.replace(from, to))).map(({ coordinate }) => coordinate);

describe('a breaking change', () => {
  test.each([
    ['a field that is gone', 'likes: Int', '', 'Post.likes'],
    ['a field that may be null', 'caption: String!', 'caption: String', 'Post.caption'],
    ['an argument that is gone', ', draft: Boolean', '', 'Query.post(draft:)'],
    ['an argument that is required', 'order: Order', 'order: Order!', 'Query.posts(order:)'],
    ['an enum value that is gone', 'NEW TOP', 'NEW', 'Order.TOP'],
    ['an input field that is required', 'note: String', 'note: String!', 'LikeInput.note'],
    ['a new input field that is required', 'note: String', 'note: String why: String!', 'LikeInput.why'],
    ['an interface that is gone', 'type Post implements Node', 'type Post', 'Post'],
    ['a member of a union that is gone', '= Post | Query', '= Post', 'Result'],
    ['a field that visitors can no longer read', 'likes: Int', 'likes: Int @authenticated', 'Post.likes'],
  ])('is %s', async (_, from, to, coordinate) => {
    expect(await breaks(from, to)).toEqual([coordinate]);
  });

  test.each([
    ['a new field', 'likes: Int', 'likes: Int shares: Int'],
    ['a new field that requires authentication', 'likes: Int', 'likes: Int saved: Int @authenticated'],
    ['a new optional argument', 'draft: Boolean', 'draft: Boolean, lang: String'],
    ['a new enum value', 'NEW TOP', 'NEW TOP OLD'],
    ['an argument that is no longer required', 'post(id: ID!', 'post(id: ID'],
    ['a deprecation', 'likes: Int', 'likes: Int @deprecated(reason: "Use post.")'],
    ['another cost', 'weight: 8', 'weight: 4'],
  ])('is not %s', async (_, from, to) => {
    expect(await breaks(from, to)).toEqual([]);
  });
});

describe('the changelog', () => {
  const changelog = `# Changes\n\n## Unreleased\n- \`Post.likes\`: Nobody read it.\n- \`Order.TOP\`:\n\n## 1.0\n- \`Query.posts\`: It was slow.\n`;

  test('lists changes since the last release, each with a reason', () => {
    expect([...listedChanges(changelog)]).toEqual([['Post.likes', 'Nobody read it.']]);
  });

  test('allows the changes that it lists, and no others', async () => {
    const current = RELEASED.replace('likes: Int', '').replace('NEW TOP', 'NEW');
    const unlisted = await findUnlistedChanges({ released: RELEASED, current, changelog });
    expect(unlisted.map(({ coordinate }) => coordinate)).toEqual(['Order.TOP']);
  });
});
