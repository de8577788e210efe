import { type SubgraphClient, systemPass } from '@tintype/graphql';
import type { AccountFacts, PostFacts } from '#facts/fact.model.ts';

const ACCOUNTS = `query Accounts($after: ID, $first: Int!) {
  accountsAfter(after: $after, first: $first) { id username displayName isPrivate }
}`;
const POSTS = `query Posts($after: ID, $first: Int!) {
  publishedPosts(after: $after, first: $first) { id caption hashtagKeys publishedAt author { id } }
}`;

type AccountAnswer = { accountsAfter: { id: string; username: string; displayName: string; isPrivate: boolean }[] };
type PostAnswer = {
  publishedPosts: {
    id: string;
    caption: string;
    hashtagKeys: string[];
    publishedAt: string;
    author: { id: string } | null;
  }[];
};

/** Pages of all that the owners have, in the order of ids. */
export type OwnerClient = {
  accounts(after: bigint, first: number): Promise<AccountFacts[]>;
  /** Without posts whose author is gone. */
  posts(after: bigint, first: number): Promise<{ posts: PostFacts[]; lastId: bigint | null; isFull: boolean }>;
};

export function createOwnerClient(client: SubgraphClient): OwnerClient {
  const ask = <Data>(subgraph: string, query: string, after: bigint, first: number) =>
    client.request<Data>(subgraph, {
      query,
      variables: { after: after > 0n ? String(after) : null, first },
      pass: systemPass(),
    });
  return {
    async accounts(after, first) {
      const { accountsAfter } = await ask<AccountAnswer>('user', ACCOUNTS, after, first);
      return accountsAfter.map(({ id, ...account }) => ({ userId: BigInt(id), ...account }));
    },
    async posts(after, first) {
      const { publishedPosts } = await ask<PostAnswer>('post', POSTS, after, first);
      const posts = publishedPosts.flatMap(({ id, caption, hashtagKeys, publishedAt, author }) =>
        author === null
          ? []
          : {
              postId: BigInt(id),
              authorId: BigInt(author.id),
              caption,
              hashtags: hashtagKeys,
              publishedMs: BigInt(new Date(publishedAt).getTime()),
            },
      );
      const last = publishedPosts.at(-1);
      return { posts, lastId: last ? BigInt(last.id) : null, isFull: publishedPosts.length === first };
    },
  };
}
