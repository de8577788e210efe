import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HashtagFixture, openHashtags } from './hashtag.fixture.ts';
import { snowflakeOf } from './post.fixture.ts';

let fixture: HashtagFixture;
beforeAll(async () => {
  fixture = await openHashtags();
});
afterAll(() => fixture?.close());

let round = 0;

test('counts, pairs and lists match the posts after any concurrent publications and deletions', {
  timeout: 240_000,
}, async () => {
  const { pool } = fixture.posts.environment.database;
  const names = ['a', 'b', 'c', 'd', 'e'];
  const caption = fc.uniqueArray(fc.constantFrom(...names), { maxLength: 5 });
  const step = fc.record({ caption, deletes: fc.boolean(), who: fc.nat(4) });
  const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(groups, async (steps) => {
      const prefix = `p${++round}x`;
      const live = new Map<string, { authorId: bigint; keys: string[] }>();
      for (const group of steps) {
        const before = [...live];
        await Promise.all(
          group.map(async ({ caption: tags, deletes, who }, index) => {
            const victim = before[index];
            if (deletes && victim) {
              live.delete(victim[0]);
              // Twice at the same time. Only one of them counts.
              await Promise.all([
                fixture.remove(victim[1].authorId, victim[0]),
                fixture.remove(victim[1].authorId, victim[0]),
              ]);
              return;
            }
            const authorId = fixture.posts.people[who]!;
            const keys = tags.map((name) => prefix + name);
            live.set(await fixture.publish(authorId, keys.map((key) => `#${key}`).join(' ')), { authorId, keys });
          }),
        );
      }
      const counts = new Map<string, number>();
      for (const { authorId, keys } of live.values()) {
        for (const key of keys) {
          counts.set(key, (counts.get(key) ?? 0) + 1);
          for (const other of keys)
            if (other !== key && authorId !== fixture.hermit)
              counts.set(`${key} ${other}`, (counts.get(`${key} ${other}`) ?? 0) + 1);
        }
      }
      const { rows } = await pool.query(
        `SELECT key AS name, post_count AS n FROM post.hashtag WHERE key LIKE $1 AND post_count <> 0
         UNION ALL SELECT key || ' ' || other_key, post_count FROM post.hashtag_cooccurrence WHERE key LIKE $1`,
        [`${prefix}%`],
      );
      expect(new Map(rows.map((row) => [row.name, row.n]))).toEqual(counts);
      const listed = await pool.query('SELECT key, post_id::text AS id FROM post.post_hashtag WHERE key LIKE $1', [
        `${prefix}%`,
      ]);
      const right = [...live].flatMap(([id, { keys }]) => keys.map((key) => `${key} ${snowflakeOf(id)}`));
      expect(listed.rows.map((row) => `${row.key} ${row.id}`).sort()).toEqual(right.sort());
    }),
    { numRuns: 25 },
  );
});
