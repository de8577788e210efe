import { createOutbox } from '@tintype/events';
import { globalId } from '@tintype/ids';
import type { UserEvents } from '@tintype/schema/events/user';
import { createEnvironment, eventually, startSubgraphs } from '@tintype/testing';
import { expect, onTestFinished, test } from 'vitest';
import { wireEngagement } from '../../subgraphs/engagement/src/index.ts';
import { wireNotification } from '../../subgraphs/notification/src/index.ts';
import { wirePost } from '../../subgraphs/post/src/index.ts';
import { wireSocialGraph } from '../../subgraphs/social-graph/src/index.ts';
import { importAccounts, wireUser } from '../../subgraphs/user/src/index.ts';

test("a deleted account is in nobody's notifications any more, once all owners have erased it", async () => {
  const environment = await createEnvironment();
  onTestFinished(() => environment.close());
  const { pool } = environment.database;
  const wires = {
    user: wireUser,
    'social-graph': wireSocialGraph,
    post: wirePost,
    engagement: wireEngagement,
    notification: wireNotification,
  };
  const graph = await startSubgraphs(environment, wires, { workers: true });
  onTestFinished(() => graph.close());
  const accounts = ['gone', 'other', 'author'].map((username) => {
    return { username, email: `${username}@example.org`, displayName: '', passwordHash: '-' };
  });
  const [gone, other, author] = (await importAccounts(environment, accounts)) as [bigint, bigint, bigint];
  const id = environment.ids.next();
  await pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at) VALUES ($1, $2, '', 'PUBLISHED', now())`,
    [author, id],
  );
  const act = (subgraph: string, who: bigint, mutation: string) =>
    graph.ask(subgraph, who, `mutation { ${mutation} { errors { code } } }`);
  for (const who of [gone, other]) {
    await act('engagement', who, `likePost(input: { postId: "${globalId('Post', id)}" })`);
    await act('engagement', who, `createComment(input: { postId: "${globalId('Post', id)}", text: "hello" })`);
    await act('engagement', who, `sharePost(input: { postId: "${globalId('Post', id)}" })`);
    await act('social-graph', who, `followUser(input: { userId: "${globalId('User', author)}" })`);
  }
  const actors = async () => {
    const text =
      'SELECT actor_id AS id, count(*)::int AS count FROM notification.activity WHERE recipient_id = $1 AND shown GROUP BY 1';
    const rows = (await pool.query<{ id: string; count: number }>(text, [author])).rows;
    return Object.fromEntries(rows.map((row) => [row.id, row.count]));
  };
  await eventually(async () => expect(await actors()).toEqual({ [String(gone)]: 4, [String(other)]: 4 }));
  const data = { userId: String(gone), visibilityVersion: '2' };
  const outbox = createOutbox<UserEvents>({ owner: 'user', ids: environment.ids });
  await outbox.append(pool, [{ type: 'tintype.user.account.deleted.v1', subject: data.userId, data }]);
  await eventually(async () => expect(await actors()).toEqual({ [String(other)]: 4 }));
  const { rows } = await pool.query(
    'SELECT actor_count, actor_ids FROM notification.notification WHERE recipient_id = $1',
    [author],
  );
  expect(rows).toEqual(rows.map(() => ({ actor_count: 1, actor_ids: [String(other)] })));
}, 60_000);
