import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wireEngagement } from '../../subgraphs/engagement/src/index.ts';
import { HALF_LIFE_MS } from '../../subgraphs/post/src/score/score.rules.ts';
import { openPublishing } from '../../subgraphs/post/tests/hashtag.fixture.ts';
import { type Posts, snowflakeOf, startPosts } from '../../subgraphs/post/tests/post.fixture.ts';

let posts: Posts;
let publish: ReturnType<typeof openPublishing>['publish'];
let remove: ReturnType<typeof openPublishing>['remove'];
let author: bigint;
beforeAll(async () => {
  posts = await startPosts({ workers: true, people: 5, wires: { engagement: wireEngagement } });
  ({ publish, remove } = openPublishing(posts));
  author = posts.people[0]!;
});
afterAll(async () => {
  await posts.graph.close();
  await posts.environment.close();
});

const ask = (viewer: bigint, mutation: string) => posts.graph.ask('engagement', viewer, `mutation { ${mutation} }`);
const like = (viewer: bigint, id: string) => ask(viewer, `likePost(input: { postId: "${id}" }) { errors { code } }`);
const top = async (tag: string): Promise<string[]> => {
  type Answer = { hashtag: { topPosts: { edges: { node: { id: string } }[] } } };
  const query = `{ hashtag(name: "${tag}") { topPosts(first: 50) { edges { node { id } } } } }`;
  return (await posts.graph.ask<Answer>('post', null, query)).hashtag.topPosts.edges.map((edge) => edge.node.id);
};

describe('the top posts of a hashtag', () => {
  test('rise with likes, comments and shares, and fall when these are undone', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 4; index++) ids.push(await publish(author, `#rise ${index}`));
    const [liked, commented, shared, plain] = ids as [string, string, string, string];
    expect(await top('rise')).toEqual(ids.toReversed());
    const [one, other] = posts.people.slice(1) as [bigint, bigint];
    await like(one, liked);
    await ask(one, `createComment(input: { postId: "${commented}", text: "so blue" }) { errors { code } }`);
    await ask(one, `sharePost(input: { postId: "${shared}" }) { errors { code } }`);
    await eventually(async () => {
      expect(await top('rise')).toEqual([shared, commented, liked, plain]);
    });
    for (const person of [one, other, posts.people[3]!, posts.people[4]!]) await like(person, plain);
    await ask(one, `unlikePost(input: { postId: "${liked}" }) { errors { code } }`);
    await eventually(async () => {
      expect(await top('rise')).toEqual([plain, shared, commented, liked]);
    });
    await remove(author, plain);
    expect(await top('rise')).toEqual([shared, commented, liked]);
  });

  test('sink with age', async () => {
    const old = await publish(author, '#age old');
    const fresh = await publish(author, '#age fresh');
    const { pool } = posts.environment.database;
    const age = `UPDATE post.post_hashtag SET published_at = published_at - $2 * interval '1 millisecond' WHERE post_id = $1`;
    await pool.query(age, [snowflakeOf(old), 3 * HALF_LIFE_MS]);
    for (const person of posts.people.slice(1, 4)) await like(person, old);
    await like(posts.people[1]!, fresh);
    // Four times the engagement against two, but an eighth of it because of its age.
    await eventually(async () => {
      const text = 'SELECT count(*)::int AS n FROM post.stale_score WHERE post_id = ANY($1) AND refreshes > 0';
      expect((await pool.query(text, [[old, fresh].map(snowflakeOf)])).rows[0].n).toBe(2);
    });
    expect(await top('age')).toEqual([fresh, old]);
  });
});

test('posts without hashtags have no scores to refresh', async () => {
  const id = await publish(author, 'no tag at all');
  const tagged = await publish(author, '#tagged');
  for (const post of [id, tagged]) await like(posts.people[1]!, post);
  const stale = async () => {
    const { rows } = await posts.environment.database.pool.query('SELECT post_id::text AS id FROM post.stale_score');
    return rows.map((row) => row.id);
  };
  await eventually(async () => expect(await stale()).toContain(String(snowflakeOf(tagged))));
  expect(await stale()).not.toContain(String(snowflakeOf(id)));
});
