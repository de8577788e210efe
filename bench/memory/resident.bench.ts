import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@tintype/local';
import type { Supervised } from '@tintype/local/processes';
import { renderScene } from '@tintype/platform/scene';
import { createClient } from '@tintype/schema/client';
import { CreatePostDocument } from '@tintype/schema/operations';
import { FEED } from '#feed/query.ts';
import { logInAll, makeWorld, type World } from '#feed/world.ts';
import { type Fixture, openFixture } from '#fixture/fixture.ts';
import { measureLoad } from '#fixture/load.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';

const AUTHORS = 300;
const READERS = 8;
const REST_MS = 10_000;
const SAMPLE_MS = 250;
const LOAD_SECONDS = 20;
const PHOTOS = 24;
const MIB = 2 ** 20;

/** Resident memory of each process at rest, and its maximum while feeds are read and photos posted. */
export async function benchResident(): Promise<Result> {
  const fixture = await openFixture();
  try {
    return await observeBoth(fixture);
  } finally {
    await fixture.close();
  }
}

async function observeBoth(fixture: Fixture): Promise<Result> {
  const figures = new Map<string, { rest: number; load: number }>();
  const distributed = await fixture.startPlatform();
  const world = await makeWorld(fixture, AUTHORS, Array<number>(READERS).fill(AUTHORS));
  await observe(distributed, world, distributed.processes, figures);
  await distributed.stop();
  const port = await freePort();
  const health = `127.0.0.1:${await freePort()}`;
  const spec = {
    name: 'all in one process',
    entry: 'gateway/src/main.ts',
    env: { PORT: String(port), HEALTH_LISTEN: health },
  };
  const alone = fixture.startProcesses([spec]);
  await observe({ url: `http://127.0.0.1:${port}`, healthUrl: `http://${health}` }, world, alone.processes, figures);
  return {
    question: 'Resident memory of processes',
    rows: [...figures].map(([process, { rest, load }]) => ({
      process,
      'MiB at rest': Math.round(rest / MIB),
      'MiB under load, at most': Math.round(load / MIB),
    })),
    notes: [
      `At rest: ${REST_MS / 1000} s after the last request. Load: home feeds over 4 connections for ${LOAD_SECONDS} s while ${PHOTOS} photos go through the pipeline.`,
    ],
  };
}

async function observe(
  { url, healthUrl }: { url: string; healthUrl: string },
  world: World,
  processes: ReadonlyMap<string, Supervised>,
  figures: Map<string, { rest: number; load: number }>,
): Promise<void> {
  await waitUntil('the platform', () =>
    fetch(`${healthUrl}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    ),
  );
  await sleep(REST_MS);
  for (const [name, running] of processes) figures.set(name, { rest: residentBytes(running), load: 0 });
  const sampling = setInterval(() => {
    for (const [name, running] of processes) {
      const figure = figures.get(name)!;
      figure.load = Math.max(figure.load, residentBytes(running));
    }
  }, SAMPLE_MS);
  try {
    await load(url, world);
  } finally {
    clearInterval(sampling);
  }
}

/** Linux's own figure. The processes of a benchmark do not end while it runs. */
function residentBytes(running: Supervised): number {
  const status = readFileSync(`/proc/${running.pid()}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)![1]) * 1024;
}

async function load(url: string, world: World): Promise<void> {
  const endpoint = `${url}/graphql`;
  const tokens = [...(await logInAll(endpoint, world)).values()];
  const requests = tokens.map((token) => ({ headers: { authorization: `Bearer ${token}` }, body: FEED }));
  const reading = measureLoad({ url: endpoint, requests, seconds: LOAD_SECONDS });
  const author = createClient(endpoint, tokens[0]!);
  for (let seed = 0; seed < PHOTOS; seed += 4) {
    const scenes = await Promise.all([0, 1, 2, 3].map((n) => renderScene(seed + n)));
    const uploads = await author.upload(scenes.map((bytes) => ({ bytes, contentType: 'image/jpeg' })));
    const media = uploads.map((uploadId) => ({ uploadId, altText: '' }));
    const { createPost } = await author.request(CreatePostDocument, { input: { caption: '', media } });
    if (!createPost!.post) throw new Error(createPost!.errors.map((error) => error.message).join('; '));
  }
  await reading;
}
