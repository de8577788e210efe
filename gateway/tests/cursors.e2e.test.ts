import { readFileSync } from 'node:fs';
import { buildSchema, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMON_HASHTAG, gatherCrowd } from './platform/crowd.ts';
import { type Person, register } from './platform/people.ts';
import { startTestPlatform, type TestPlatform } from './platform/platform.ts';

// A cursor belongs to one list. The same field with another parent, filter or viewer is another list.

const schema = buildSchema(readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'));

/** A list of one viewer. `args` are the arguments of the page. */
type List = { field: string; token: string; query(args: string): string };
type Page = { pageInfo: { endCursor: string | null } };
type Answer = { data: object | null; errors?: { extensions: { code: string } }[] };

let platform: TestPlatform;
let lists: List[];
beforeAll(async () => {
  platform = await startTestPlatform('in one process', { WORKERS: 'all' });
  const { viewer, postIds } = await gatherCrowd(platform, 3);
  lists = await listsOf(viewer, await register(platform.client, 'stranger'), postIds as [string, string]);
}, 240_000);
afterAll(() => platform?.close());

/** At least two lists of each field. */
async function listsOf(viewer: Person, stranger: Person, [one, other]: [string, string]): Promise<List[]> {
  const ofBoth = (field: string, args = ''): List[] =>
    [viewer, stranger].map(({ token }) => ({
      field: `Query.${field}`,
      token,
      query: (page) => `${field}(${args} ${page}) { pageInfo { endCursor } }`,
    }));
  /** @param others selections down to the field, with `%` for its arguments */
  const of = (field: string, ...others: string[]): List[] =>
    others.map((text) => ({
      field,
      token: viewer.token,
      query: (page) => text.replace('%', `${page}) { pageInfo { endCursor } }`),
    }));
  const post = (id: string, list: string) => `post(id: "${id}") { ${list}(% }`;
  const user = (id: string, list: string) => `user(id: "${id}") { ${list}(% }`;
  const hashtag = (name: string, list: string) => `hashtag(name: "${name}") { ${list}(% }`;
  const { data } = await ask(
    viewer.token,
    `{ post(id: "${one}") { author { id } comments { edges { node { id } } } } }`,
  );
  const found = data as { post: { author: { id: string }; comments: { edges: { node: { id: string } }[] } } };
  const author = found.post.author.id;
  const comments = found.post.comments.edges.map(({ node }) => `comment(id: "${node.id}") { replies(% }`);
  const states = ['states: [PUBLISHED]', 'states: [PUBLISHED, FAILED]', 'states: [FAILED]'];
  const kinds = ['kinds: [SHARE]', 'kinds: [SHARE, COMMENT]', 'kinds: [COMMENT]'];
  return [
    ...ofBoth('homeFeed'),
    ...ofBoth('explore'),
    ...ofBoth('followedHashtags'),
    ...ofBoth('collections'),
    ...ofBoth('savedPosts'),
    ...ofBoth('activity'),
    ...kinds.flatMap((kind) => ofBoth('activity', kind)),
    ...ofBoth('notifications'),
    ...kinds.flatMap((kind) => ofBoth('notifications', kind)),
    ...ofBoth('followRequests'),
    ...ofBoth('blockedUsers'),
    ...ofBoth('mutedUsers'),
    ...ofBoth('restrictedUsers'),
    ...ofBoth('closeFriends'),
    ...ofBoth('peopleYouMayKnow'),
    ...ofBoth('sessions'),
    ...ofBoth('apps'),
    ...ofBoth('authorizedApps'),
    ...ofBoth('reports'),
    ...ofBoth('moderationDecisions'),
    ...of('Query.cases', ...['states: [OPEN]', 'reasons: [SPAM]'].map((given) => `cases(${given}, %`)),
    ...of('Query.auditLog', 'auditLog(%'),
    ...of('Query.bannedWords', 'bannedWords(%'),
    ...of('Query.staff', 'staff(%'),
    ...of('Case.reports', ...[one, other].map((id) => `case(id: "${id.replace('Post', 'Case')}") { reports(% }`)),
    ...of(
      'Query.commentedPosts',
      ...[author, viewer.id].map((id) => `commentedPosts(authorId: "${id}", commenterId: "${viewer.id}", %`),
    ),
    ...of('Query.influencers', ...['crowd', 'crowd1'].map((name) => `influencers(hashtag: "${name}", %`)),
    ...of('Query.search', ...['crowd', 'author'].map((query) => `search(query: "${query}", %`)),
    ...of('Query.trendingHashtags', ...['HOUR', 'DAY'].map((window) => `trendingHashtags(window: ${window}, %`)),
    ...of('Query.trendingPosts', ...['HOUR', 'DAY'].map((window) => `trendingPosts(window: ${window}, %`)),
    ...of('Post.likers', post(one, 'likers'), post(other, 'likers')),
    ...['TOP', 'NEWEST'].flatMap((order) =>
      of('Post.comments', ...[one, other].map((id) => post(id, 'comments').replace('%', `order: ${order}, %`))),
    ),
    ...of('Comment.replies', ...comments),
    ...['posts', 'shares', 'followers', 'following', 'mutualFollowers'].flatMap((list) =>
      of(`User.${list}`, user(author, list), user(viewer.id, list)),
    ),
    ...of('User.posts', ...states.map((given) => user(viewer.id, 'posts').replace('%', `${given}, %`))),
    ...['recentPosts', 'topPosts'].flatMap((list) =>
      of(`Hashtag.${list}`, hashtag(COMMON_HASHTAG, list), hashtag(`${COMMON_HASHTAG}1`, list)),
    ),
  ];
}

async function ask(token: string, query: string): Promise<Answer> {
  const response = await fetch(platform.endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as Answer;
}

function endCursorIn(data: object | null): string | null {
  const [inner] = Object.values(data ?? {}) as [object | null];
  if (!inner) return null;
  return 'pageInfo' in inner ? (inner as Page).pageInfo.endCursor : endCursorIn(inner);
}

test('covers every list of the schema', () => {
  const fields = Object.values(schema.getTypeMap()).flatMap((type) =>
    isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : [],
  );
  const paged = fields.filter(({ field }) => field.args.some(({ name }) => name === 'after'));
  const names = paged.map(({ type, field }) => `${type.name}.${field.name}`);
  expect([...new Set(lists.map(({ field }) => field))].toSorted()).toEqual(names.toSorted());
});

test('the cursor of a list is refused by all other lists of its field', async () => {
  const accepted: string[] = [];
  const withCursor = new Set<string>();
  for (const list of lists) {
    const cursor = endCursorIn((await ask(list.token, `{ ${list.query('first: 1')} }`)).data);
    if (!cursor) continue;
    withCursor.add(list.field);
    for (const other of lists.filter(({ field }) => field === list.field)) {
      const query = other.query(`first: 1, after: "${cursor}"`);
      const { errors } = await ask(other.token, `{ ${query} }`);
      if (other === list) expect(errors, query).toBeUndefined();
      else if (errors?.[0]?.extensions.code !== 'BAD_CURSOR') accepted.push(`${list.field}: ${query}`);
    }
  }
  expect(accepted).toEqual([]);
  // The other lists are empty here.
  expect(withCursor.size).toBeGreaterThan(15);
}, 240_000);
