import { type SubgraphClient, withRequest } from '@tintype/graphql';
import { relationLoaderOf } from '@tintype/graphql/internal';
import { can } from '@tintype/policy';
import type { Executor } from '@tintype/postgres';
import { untyped } from '@tintype/postgres/untyped';
import type { Wire } from '@tintype/service';
import { wireFeed } from '../src/index.ts';

type Audience = 'everybody' | 'related';
type Row = { id: bigint; authorId: bigint };

/**
 * Who may see posts and shares, played by what the feed itself knows of them.
 *
 * @param to `everybody`, or as people's relations say
 */
export function playPosts(client: SubgraphClient, pool: Executor, to: Audience): SubgraphClient {
  const find = (ids: readonly string[]): Promise<Row[]> => {
    const text = `SELECT post_id AS id, author_id AS "authorId" FROM "feed"."author_post"
      WHERE post_id = ANY($1) AND NOT deleted`;
    return untyped<Row>(pool, text, [ids]);
  };
  return withRequest(async (subgraph, request) => {
    const field = ['visiblePosts', 'visibleShares'].find((name) => request.query.includes(name));
    if (!field) return client.execute(subgraph, request);
    const relations = relationLoaderOf({ client, identity: request.identity });
    const found = await Promise.all(
      (await find((request.variables as { ids: string[] }).ids)).map(async ({ id, authorId }) => {
        const relation = to === 'everybody' ? null : await relations.load(authorId);
        if (to === 'related' && !(relation && can('posts.view', relation))) return null;
        const isMuted = relation?.mutes ?? false;
        const post = { authorId: String(authorId), authorMuted: isMuted, isPublished: true };
        return { id: String(id), ...post, sharerMuted: isMuted };
      }),
    );
    return { data: { [field]: found.filter((one) => one !== null) } };
  });
}

/** The feed, without the post and engagement subgraphs. */
export function wireWithPlayedPosts(to: Audience): Wire {
  return (resources) => wireFeed({ ...resources, client: playPosts(resources.client, resources.database.pool, to) });
}
