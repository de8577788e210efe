import type { EventBus } from '@tintype/events';
import { globalId } from '@tintype/ids';
import {
  createEnvironment,
  createWorld,
  type Environment,
  eventually,
  fakeSubgraphs,
  startSubgraphs,
  type TestSubgraphs,
} from '@tintype/testing';
import { expect } from 'vitest';
import { wireEngagement } from '../src/index.ts';

export type EngagementFixture = Awaited<ReturnType<typeof openEngagement>>;

/** The engagement subgraph in a world of people and posts. */
export async function openEngagement(options: { workers?: boolean; env?: Record<string, string> } = {}) {
  const environment = await createEnvironment({ env: options.env ?? {} });
  const world = createWorld(environment);
  const wires = { ...fakeSubgraphs(world.answers), engagement: wireEngagement };
  const graph = await startSubgraphs(environment, wires, { workers: options.workers ?? true });
  return {
    environment,
    graph,
    world,
    ...actions(environment, graph),
    async close() {
      await graph.close();
      await environment.close();
    },
  };
}

type Payload = Record<string, unknown> & { errors: { code: string; path: string[] }[] };

function actions(environment: Environment, graph: TestSubgraphs) {
  const { database } = environment;

  const act = async (who: bigint, name: string, input: Record<string, unknown>, fields = ''): Promise<Payload> => {
    const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input!`;
    const query = `mutation ($input: ${type}) { ${name}(input: $input) { ${fields} errors { code path } } }`;
    return (await graph.ask<Record<string, Payload>>('engagement', who, query, { input }))[name]!;
  };

  return {
    act,
    /** The engagement fields of a post for this viewer; null if they may not see it. */
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
    /** Counts in the tables, and the numbers of the rows that they count. */
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
    /** Resolves when all events that were published so far have been applied. */
    eventsApplied: () =>
      eventually(async () => {
        const { rows } = await database.pool.query(
          'SELECT count(*)::int AS left FROM engagement.outbox WHERE published_at IS NULL',
        );
        expect([rows[0].left, await unapplied(environment.bus)]).toEqual([0, 0]);
      }),
  };
}

/** Events of the stream that a consumer has not acknowledged. The server's own count of pending events lags behind. */
export async function unapplied(bus: EventBus, durable = 'engagement__apply'): Promise<number> {
  const stream = bus.streamName('engagement');
  const [{ state }, info] = await Promise.all([bus.jsm.streams.info(stream), bus.jsm.consumers.info(stream, durable)]);
  return state.messages === 0 ? 0 : state.last_seq - info.ack_floor.stream_seq;
}
