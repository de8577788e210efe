import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { percentile } from '#fixture/figures.ts';
import { loggedSince, openFixture, say } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';
import { FEED } from '../feed/query.ts';
import { logInAll, makeWorld } from '../feed/world.ts';

const AUTHORS = 300;
const READERS = 24;
const FOLLOWED = 100;
/** Concurrent clients. The last step has four times as many as saturate the platform. */
const CLIENTS = [16, 32, 64, 128, 256];
const SECONDS = 8;
const WARM_UP_SECONDS = 3;
const WANTED_SHARE = 0.9;
const WANTED_P99_MS = 1000;

type Seen = { times: number[]; refusalTimes: number[]; failed: number };

/**
 * Home feeds through the distributed platform with more clients than it can serve. A refused client waits for the given
 * time.
 */
export async function benchOverload(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const { url } = await fixture.startPlatform();
    const world = await makeWorld(fixture, AUTHORS, Array<number>(READERS).fill(FOLLOWED));
    const tokens = [...(await logInAll(`${url}/graphql`, world)).values()];
    const rows: Row[] = [];
    let peak = 0;
    let held = false;
    for (const clients of CLIENTS) {
      await run(url, tokens, clients, WARM_UP_SECONDS);
      const before = fixture.logged();
      const seen = await run(url, tokens, clients, SECONDS);
      const goodput = seen.times.length / SECONDS;
      peak = Math.max(peak, goodput);
      const p99 = percentile(seen.times, 0.99);
      held = goodput >= WANTED_SHARE * peak && p99 < WANTED_P99_MS && seen.failed === 0;
      say(`${clients} clients: ${goodput.toFixed(0)}/s, p99 ${p99.toFixed(0)} ms, ${seen.failed} failed`);
      rows.push({
        clients,
        'feeds/s': Math.round(goodput),
        'to the peak': (goodput / peak).toFixed(2),
        'p50 ms': Math.round(percentile(seen.times, 0.5)),
        'p99 ms': Math.round(p99),
        'refused/s': Math.round(seen.refusalTimes.length / SECONDS),
        'p99 ms of refusals': seen.refusalTimes.length > 0 ? Math.round(percentile(seen.refusalTimes, 0.99)) : '–',
        failed: seen.failed,
        ...loggedSince(fixture, before, SECONDS),
      });
    }
    return {
      question: 'Whole home feeds a second while more clients ask than can be answered',
      goal: {
        wanted: `with ${CLIENTS.at(-1)} clients at least ${WANTED_SHARE} of the most feeds a second, their p99 under ${WANTED_P99_MS} ms, none failed`,
        held,
      },
      rows,
      notes: [
        `The distributed platform, ${READERS} readers who follow ${FOLLOWED} of ${AUTHORS} authors, ${SECONDS} s each. Each client asks again when it is answered; one that is refused waits as long as Retry-After says. Clients and platform share the machine.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}

async function run(url: string, tokens: readonly string[], clients: number, seconds: number): Promise<Seen> {
  const pool = new Pool(url, { connections: clients, pipelining: 1 });
  const seen: Seen = { times: [], refusalTimes: [], failed: 0 };
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      // Spread out in time.
      await sleep(Math.random() * 500);
      while (performance.now() < until) await ask(pool, tokens[client % tokens.length]!, seen);
    }),
  );
  await pool.close();
  return seen;
}

async function ask(pool: Pool, token: string, seen: Seen): Promise<void> {
  const began = performance.now();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const {
    statusCode,
    body,
    headers: answered,
  } = await pool.request({ method: 'POST', path: '/graphql', headers, body: FEED });
  const text = await body.text();
  const took = performance.now() - began;
  if (statusCode === 503) {
    seen.refusalTimes.push(took);
    await sleep(1000 * Number(answered['retry-after']));
  } else if (statusCode === 200 && isWhole(text)) seen.times.push(took);
  else seen.failed += 1;
}

function isWhole(text: string): boolean {
  const { data, errors } = JSON.parse(text) as {
    data: { homeFeed: { edges: { node: object | null }[] } | null } | null;
    errors?: unknown[];
  };
  return !errors && data?.homeFeed?.edges.length === 20 && data.homeFeed.edges.every(({ node }) => node !== null);
}
