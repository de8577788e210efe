import { createTimelineStore } from '@tintype/feed';
import { type Fixture, openFixture } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';

const SIZES = [20, 100, 300, 1000];
const ENTRIES = 400_000;
const FIRST_MS = 1_700_000_000_000n;

/** Redis's own memory per entry, by the length of timelines that are built like those of the feed. */
export async function benchTimelineMemory(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const rows: Row[] = [];
    for (const size of SIZES) rows.push(await measure(fixture, size));
    return { question: 'Memory of timelines in Redis', rows };
  } finally {
    await fixture.close();
  }
}

async function measure(fixture: Fixture, size: number): Promise<Row> {
  const { redis, ids } = fixture.resources;
  const timelines = createTimelineStore(redis);
  const used = async () => Number(/used_memory:(\d+)/.exec(await redis.client.info('memory'))![1]);
  const build = async (reader: bigint, length: number) => {
    const entries = Array.from({ length }, (_, n) => ({ postId: ids.next(), publishedMs: FIRST_MS + BigInt(n) }));
    const name = { home: reader };
    const token = await timelines.begin(name);
    await timelines.put(name, token, { entries, pulls: [] });
    await timelines.complete(name, token, null);
  };
  await redis.client.flushAll();
  // The library of functions is not counted.
  await build(0n, 1);
  const before = await used();
  const count = Math.floor(ENTRIES / size);
  for (let reader = 1; reader <= count; reader++) await build(BigInt(reader), size);
  const bytes = (await used()) - before;
  return {
    'entries in a timeline': size,
    timelines: count,
    'bytes per entry': Math.round(bytes / (count * size)),
    'KiB per timeline': (bytes / count / 1024).toFixed(1),
  };
}
