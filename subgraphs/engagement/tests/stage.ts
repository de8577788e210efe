import type { EventBus } from '@tintype/events';
import { globalId } from '@tintype/ids';
import { createEnvironment, type Environment, eventually, startSubgraphs, type TestSubgraphs } from '@tintype/testing';
import { expect } from 'vitest';
import { wirePost } from '../../post/src/index.ts';
import { wireSocialGraph } from '../../social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../user/src/index.ts';
import { wireEngagement } from '../src/index.ts';

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** The engagement subgraph beside those that it asks, with a few people. */
export async function startStage(options: { workers?: boolean; people?: number } = {}) {
  const environment = await createEnvironment();
  const wires = { user: wireUser, 'social-graph': wireSocialGraph, post: wirePost, engagement: wireEngagement };
  const graph = await startSubgraphs(environment, wires, { workers: options.workers ?? true });
  let made = 0;
  const register = (count: number): Promise<bigint[]> => {
    const accounts = Array.from({ length: count }, () => {
      const username = `person${++made}`;
      return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
    });
    return importAccounts(environment, accounts);
  };
  return {
    environment,
    graph,
    register,
    ...actions(environment, graph),
    async close() {
      await graph.close();
      await environment.close();
    },
  };
}

type Payload = Record<string, unknown> & { errors: { code: string; path: string[] }[] };

function actions(environment: Environment, graph: TestSubgraphs) {
  const { database, ids } = environment;

  const act = async (who: bigint, name: string, input: Record<string, unknown>, fields = ''): Promise<Payload> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} errors { code path } } }`;
    return (await graph.ask<Record<string, Payload>>('engagement', who, query, { input }))[name]!;
  };

  return {
    act,
    /** A published post, as the post subgraph would have left it. */
    async publish(authorId: bigint): Promise<bigint> {
      const id = ids.next();
      await database.pool.query(
        `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
        [authorId, id],
      );
      return id;
    },
    /** A post's fields of the engagement subgraph for this viewer; null where they may not see it. */
    async post<Fields>(viewer: bigint | null, id: bigint, fields: string): Promise<Fields | null> {
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Post { id ${fields} } } }`;
      const of = [{ __typename: 'Post', id: globalId('Post', id) }];
      const { _entities } = await graph.ask<{ _entities: [Fields | null] }>('engagement', viewer, query, { of });
      return _entities[0];
    },
    async comment(who: bigint, postId: bigint, text: string, parentId?: string): Promise<string> {
      const input = { postId: globalId('Post', postId), text, ...(parentId && { parentId }) };
      const payload = await act(who, 'createComment', input, 'comment { id }');
      expect(payload.errors).toEqual([]);
      return (payload.comment as { id: string }).id;
    },
    /** Counts in the tables, and what they count. */
    async counts(postId: bigint) {
      const { rows } = await database.pool.query(
        `SELECT coalesce((SELECT like_count FROM engagement.post_stats WHERE post_id = $1), 0) AS likes,
           coalesce((SELECT comment_count FROM engagement.post_stats WHERE post_id = $1), 0) AS comments,
           coalesce((SELECT share_count FROM engagement.post_stats WHERE post_id = $1), 0) AS shares,
           (SELECT count(*)::int FROM engagement."like" WHERE target_id = $1 AND liked) AS "likeRows",
           (SELECT count(*)::int FROM engagement.comment WHERE post_id = $1 AND deleted_at IS NULL AND NOT is_hidden)
             AS "commentRows",
           (SELECT count(*)::int FROM engagement.share WHERE post_id = $1 AND deleted_at IS NULL) AS "shareRows"`,
        [postId],
      );
      return rows[0] as Record<string, number>;
    },
    /** Resolves when everything that was told so far is in the tables. */
    settled: () =>
      eventually(async () => {
        const { rows } = await database.pool.query(
          'SELECT count(*)::int AS left FROM engagement.outbox WHERE published_at IS NULL',
        );
        expect([rows[0].left, await unapplied(environment.bus)]).toEqual([0, 0]);
      }),
    async social(who: bigint, name: string, whom: bigint): Promise<void> {
      const query = `mutation { ${name}(input: { userId: "${globalId('User', whom)}" }) { errors { code } } }`;
      const payload = await graph.ask<Record<string, Payload>>('social-graph', who, query);
      expect(payload[name]!.errors).toEqual([]);
    },
    async setPrivate(who: bigint, isPrivate: boolean): Promise<void> {
      await graph.ask(
        'user',
        who,
        `mutation { updateProfile(input: { isPrivate: ${isPrivate} }) { errors { code } } }`,
      );
      await eventually(async () => {
        const query = `{ relations(userIds: ["${who}"]) { isPrivate } }`;
        const { relations } = await graph.askAs<{ relations: object[] }>('feed', 'social-graph', null, query);
        expect(relations).toEqual([{ isPrivate }]);
      });
    },
  };
}

/** Events of the stream that a consumer has not acknowledged: the server's own count of what waits comes a little late. */
export async function unapplied(bus: EventBus, durable = 'engagement__apply'): Promise<number> {
  const stream = bus.streamName('engagement');
  const [{ state }, info] = await Promise.all([bus.jsm.streams.info(stream), bus.jsm.consumers.info(stream, durable)]);
  return state.messages === 0 ? 0 : state.last_seq - info.ack_floor.stream_seq;
}
