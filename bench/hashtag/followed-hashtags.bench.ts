import { createTimelineStore } from '@tintype/feed';
import { type Fixture, openFixture } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';

const FOLLOWED = [0, 1, 10, 100];
const ENTRIES = 1000;
const READS = 4000;
const PAGE = 21;
const FIRST_MS = 1_700_000_000_000n;
const READER = 1n;

/** The time of a home feed page in Redis, by how many hashtags its reader follows. */
export async function benchFollowedHashtags(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const rows: Row[] = [];
    for (const followed of FOLLOWED) rows.push(await measure(fixture, followed));
    const question = 'Reading a home feed with followed hashtags';
    const notes = [
      `One round trip for ${PAGE} entries, one read at a time; the reader's timeline and each hashtag's hold ${ENTRIES} entries, no post is in two of them.`,
    ];
    return { question, rows, notes };
  } finally {
    await fixture.close();
  }
}

async function measure(fixture: Fixture, followed: number): Promise<Row> {
  const { redis, ids } = fixture.resources;
  const timelines = createTimelineStore(redis);
  await redis.client.flushAll();
  const hashtags = Array.from({ length: followed }, (_, index) => ({ hashtag: `tag${index}` }));
  for (const [shift, name] of [{ home: READER }, ...hashtags].entries()) {
    const entries = Array.from({ length: ENTRIES }, (_, index) => ({
      postId: ids.next(),
      publishedMs: FIRST_MS + BigInt(index * 1000 + shift),
      ...('home' in name ? {} : { by: 7n }),
    }));
    const token = await timelines.begin(name);
    await timelines.put(name, token, { entries, pulls: 'home' in name ? hashtags : [] });
    await timelines.complete(name, token, null);
  }
  const read = async (after: Parameters<typeof timelines.read>[1]) => {
    const times: number[] = [];
    for (let index = 0; index < READS; index++) {
      const started = performance.now();
      const outcome = await timelines.read(READER, after, PAGE);
      times.push(performance.now() - started);
      if (outcome.kind !== 'page' || outcome.entries.length !== PAGE)
        throw new Error('A page was not read, or is too short.');
    }
    times.sort((one, other) => one - other);
    return { p50: times[READS / 2]!, p99: times[Math.floor(READS * 0.99)]! };
  };
  await read(null);
  const [newest, deep] = [
    await read(null),
    await read({ postId: 2n ** 63n - 1n, publishedMs: FIRST_MS + BigInt(ENTRIES) * 500n }),
  ];
  return {
    'followed hashtags': followed,
    'first page, p50 ms': newest.p50.toFixed(2),
    'first page, p99 ms': newest.p99.toFixed(2),
    'page in the middle, p50 ms': deep.p50.toFixed(2),
    'page in the middle, p99 ms': deep.p99.toFixed(2),
  };
}
