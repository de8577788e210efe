import { globalId } from '@tintype/ids';
import { freePort } from '@tintype/local';
import { logInAll, makeWorld } from '#feed/world.ts';
import { median } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import { type Load, measureLoad } from '#fixture/load.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';

const AUTHORS = 300;
const READERS = 16;
const ROUNDS = 3;
const SECONDS = 6;

const FIELDS = 'id caption author { id username } media { ... on Photo { standard { url } } }';
const COUNTS = 'likeCount commentCount shareCount viewerHasLiked viewerHasSaved';
const feed = (fields: string) => JSON.stringify({ query: `{ homeFeed(first: 20) { edges { node { ${fields} } } } }` });

/** Likes through the gateway, and the extra time of counts in a home feed of 20 posts. */
export async function benchLikeRequests(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const distributed = await fixture.startPlatform();
    const port = await freePort();
    const env = { PORT: String(port), WORKERS: 'none' };
    fixture.startProcesses([{ name: 'one process', entry: 'gateway/src/main.ts', env }]);
    const world = await makeWorld(fixture, AUTHORS, Array<number>(READERS).fill(AUTHORS));
    const tokens = [...(await logInAll(`${distributed.url}/graphql`, world)).values()];
    const { rows } = await fixture.resources.database.pool.query<{ id: string }>('SELECT id FROM post.post LIMIT 2000');
    const like = rows.map(({ id }, index) => ({
      headers: { authorization: `Bearer ${tokens[index % tokens.length]}` },
      body: JSON.stringify({
        query: `mutation { likePost(input: { postId: "${globalId('Post', BigInt(id))}" }) { errors { code } } }`,
      }),
    }));
    const reading = (fields: string) =>
      tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` }, body: feed(fields) }));
    const asked = {
      likePost: like,
      'feed without counts': reading(FIELDS),
      'feed with counts': reading(`${FIELDS} ${COUNTS}`),
    };
    const servers = { 'one process': `http://127.0.0.1:${port}/graphql`, distributed: `${distributed.url}/graphql` };
    await waitUntil('all servers', async () => {
      const probes = Object.values(servers).map((url) =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{"query":"{ __typename }"}',
        }),
      );
      return (await Promise.allSettled(probes)).every((probe) => probe.status === 'fulfilled' && probe.value.ok);
    });
    const loads = new Map<string, Load[]>();
    for (let round = 1; round <= ROUNDS; round++) {
      for (const [server, url] of Object.entries(servers)) {
        for (const [name, requests] of Object.entries(asked)) {
          const load = await measureLoad({ url, requests, seconds: SECONDS, warmUpSeconds: 1 });
          say(`round ${round}, ${server}, ${name}: ${load.requestsPerSecond}/s, p99 ${load.p99} ms`);
          loads.set(`${server}, ${name}`, [...(loads.get(`${server}, ${name}`) ?? []), load]);
        }
      }
    }
    return {
      question: 'Likes through the gateway, and counts in a home feed of 20 posts',
      rows: [...loads].map(([name, found]) => ({
        request: name,
        'requests/s': median(found.map((load) => load.requestsPerSecond)),
        'p50 ms': median(found.map((load) => load.p50)),
        'p99 ms': median(found.map((load) => load.p99)),
      })),
      notes: [
        `Medians of ${ROUNDS} rounds of ${SECONDS} s over 4 connections. A like asks post and social-graph whether the viewer may see the post, and is answered when its word is on disk.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}
