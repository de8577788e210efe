import { createLoader, type Loader, type SubgraphClient } from '@tintype/graphql';
import type { ViewerPass } from '@tintype/viewer';
import type { PostModel } from './target.model.ts';

const VISIBLE =
  'query VisiblePosts($ids: [ID!]!) { visiblePosts(ids: $ids, unpublished: true) { id authorId isPublished } }';
const ACCOUNTS = 'query Accounts($ids: [ID!]!) { accounts(ids: $ids) { id } }';
const FOLLOWED = 'query FollowedLast { followedLast(first: 500) }';

type Visible = { visiblePosts: { id: string; authorId: string; isPublished: boolean }[] };

/** Posts that the viewer may see, their own in every state, asked of the post subgraph: all posts of one answer in one question. */
export function createVisiblePostLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, PostModel> {
  return createLoader(async (ids) => {
    const request = { query: VISIBLE, variables: { ids: ids.map(String) }, pass };
    const { visiblePosts } = await client.request<Visible>('post', request);
    return new Map(
      visiblePosts.map(({ id, authorId, isPublished }) => {
        return [id, { id: BigInt(id), authorId: BigInt(authorId), isPublished }];
      }),
    );
  });
}

/**
 * People who have an account, as the user subgraph says now. The gateway asks it for each of them, and one whom it does not know would make
 * the whole list null, since its items cannot be.
 */
export function createAccountLoader(client: SubgraphClient, pass: ViewerPass): Loader<bigint, true> {
  return createLoader(async (ids) => {
    const request = { query: ACCOUNTS, variables: { ids: ids.map(String) }, pass };
    const { accounts } = await client.request<{ accounts: { id: string }[] }>('user', request);
    return new Map(accounts.map(({ id }) => [id, true]));
  });
}

/** The 500 people whom the viewer followed last, asked once for an answer: whose likes and comments are preferred. */
export function createFollowedLoader(client: SubgraphClient, pass: ViewerPass): () => Promise<bigint[]> {
  let asked: Promise<bigint[]> | undefined;
  const ask = async () => {
    const { followedLast } = await client.request<{ followedLast: string[] }>('social-graph', {
      query: FOLLOWED,
      pass,
    });
    return followedLast.map(BigInt);
  };
  return () => {
    asked ??= ask();
    return asked;
  };
}
