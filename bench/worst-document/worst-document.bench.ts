import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { costOf, createQueryAnalyser } from '@tintype/gateway';
import { freePort } from '@tintype/local';
import { buildSchema } from 'graphql';
import { createRandom } from '#search/people.ts';
import { median, percentile } from '#stage/figures.ts';
import type { Result } from '#stage/results.ts';
import { openStage, type Stage, say } from '#stage/stage.ts';
import { settle } from '#stage/wait.ts';
import { logInAll } from '../feed/world.ts';
import { type CrowdedWorld, makeCrowdedWorld } from './crowded-world.ts';
import { type Asked, createDocumentMaker, type DocumentMaker, print, type Random } from './document.ts';

const DOCUMENTS = 2000;
/** Changes that a document goes through, each kept where the gateway still admits it at a higher cost. */
const CHANGES = 40;
/** Rounds of changing the slowest documents, how many of them, and how often each. */
const ROUNDS = 12;
const PARENTS = 12;
const CHILDREN = 7;
/** Measurements of which the fastest counts while searching: the machine's own pauses are nobody's documents. */
const AGAIN = 3;
const REPORTED = 10;
const REPORTED_TIMES = 7;
const WANTED_MS = 100;
const WARM_UP = 300;
const TRIES = 5;

type Document = { query: readonly Asked[]; text: string; cost: number; ms: number };

/** The slowest query that the gateway admits: random ones from the public schema, and the slowest of these changed further. */
export async function benchWorstDocument(): Promise<Result> {
  const stage = await openStage();
  try {
    const building = await startGateway(stage, 'all');
    const world = await makeCrowdedWorld(stage);
    await building.processes.stop();
    const { url } = await startGateway(stage, 'none');
    const token = await logIn(url, world);
    return await search(createTimer(url, token), world);
  } finally {
    await stage.close();
  }
}

/** Everything in one process, with all workers or none. */
async function startGateway(stage: Stage, workers: 'all' | 'none') {
  const port = await freePort();
  const processes = stage.startProcesses([
    { name: `workers: ${workers}`, entry: 'gateway/src/main.ts', env: { PORT: String(port), WORKERS: workers } },
  ]);
  const url = `http://127.0.0.1:${port}/graphql`;
  const headers = { 'content-type': 'application/json' };
  await settle('the gateway', async () => {
    const probe = await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' }).catch(() => null);
    return probe?.ok ?? false;
  });
  return { url, processes };
}

/** The reader's token. On a busy machine the first requests find no connection to Postgres in time. */
async function logIn(url: string, world: CrowdedWorld): Promise<string> {
  let token: string | undefined;
  await settle('the log-in', async () => {
    const tokens = await logInAll(url, world).catch(() => new Map<unknown, string>());
    token = [...tokens.values()][0];
    return token !== undefined;
  });
  return token!;
}

type Timer = (text: string) => Promise<number>;

/** Milliseconds from request to the end of the answer. Each request is of another name, so that it is planned anew. */
function createTimer(url: string, token: string): Timer {
  let asked = 0;
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  return async (text) => {
    const body = JSON.stringify({ query: `query Q${++asked} ${text}` });
    for (let tries = 1; ; tries++) {
      const began = performance.now();
      const response = await fetch(url, { method: 'POST', headers, body });
      const answer = await response.text();
      const ms = performance.now() - began;
      if (response.status === 200) return ms;
      // A gateway that was kept from running says that it has too much to do.
      if (response.status !== 503 || tries === TRIES) {
        throw new Error(`the gateway answered ${response.status} to ${text}: ${answer}`);
      }
      await sleep(1000);
    }
  };
}

async function search(time: Timer, { values }: CrowdedWorld): Promise<Result> {
  const schema = buildSchema(readFileSync(fileURLToPath(import.meta.resolve('@tintype/schema/api.graphql')), 'utf8'));
  const random = createRandom(2026);
  const maker = createDocumentMaker(schema, values, random);
  const analyser = createQueryAnalyser(schema);
  const admittedCost = (text: string): number | null => {
    try {
      return costOf(analyser.analyse(text)[0]!, {});
    } catch {
      return null;
    }
  };
  const measure = async (query: readonly Asked[], cost: number): Promise<Document> => {
    const text = print(query);
    return { query, text, cost, ms: await time(text) };
  };
  const again = async (documents: readonly Document[]): Promise<Document[]> => {
    for (const one of documents) for (let n = 1; n < AGAIN; n++) one.ms = Math.min(one.ms, await time(one.text));
    return documents.toSorted((one, other) => other.ms - one.ms);
  };

  say(`${DOCUMENTS} random documents`);
  for (let n = 0; n < WARM_UP; n++) await time(print(grow(maker, admittedCost, random).query));
  const tried: Document[] = [];
  for (let n = 0; n < DOCUMENTS; n++) {
    const { query, cost } = grow(maker, admittedCost, random);
    tried.push(await measure(query, cost));
  }
  let worst = (await again(slowest(tried, 4 * PARENTS))).slice(0, PARENTS);
  for (let round = 1; round <= ROUNDS; round++) {
    const children: Document[] = [];
    for (const parent of worst) {
      for (let n = 0; n < CHILDREN; n++) {
        const query = maker.change(parent.query);
        const cost = admittedCost(print(query));
        if (cost !== null) children.push(await measure(query, cost));
      }
    }
    tried.push(...children);
    const slow = children.filter(({ ms }) => ms > worst.at(-1)!.ms);
    worst = slowest([...worst, ...(await again(slow))], PARENTS);
    say(`round ${round}: ${worst[0]!.ms.toFixed(0)} ms at a cost of ${worst[0]!.cost}`);
  }
  return report(time, worst, tried);
}

const slowest = (documents: readonly Document[], count: number) =>
  documents.toSorted((one, other) => other.ms - one.ms).slice(0, count);

/** A document that is about as costly as the gateway admits, or as some part of that. */
function grow(maker: DocumentMaker, admittedCost: (text: string) => number | null, random: Random) {
  for (;;) {
    let query = maker.start();
    let cost = admittedCost(print(query));
    if (cost === null) continue;
    for (let changes = 5 + random(CHANGES); changes > 0; changes--) {
      const changed = maker.change(query);
      const changedCost = admittedCost(print(changed));
      if (changedCost === null || changedCost < cost) continue;
      [query, cost] = [changed, changedCost];
    }
    return { query, cost };
  }
}

async function report(time: Timer, worst: readonly Document[], tried: readonly Document[]): Promise<Result> {
  const rows: Result['rows'] = [];
  for (const { text, cost } of worst.slice(0, REPORTED)) {
    const times: number[] = [];
    for (let n = 0; n < REPORTED_TIMES; n++) times.push(await time(text));
    rows.push({
      'median ms': Math.round(median(times)),
      'slowest ms': Math.round(Math.max(...times)),
      cost,
      document: text,
    });
  }
  rows.sort((one, other) => Number(other['median ms']) - Number(one['median ms']));
  const all = tried.map(({ ms }) => ms);
  return {
    question: 'The slowest query that the gateway admits',
    goal: {
      wanted: `at most ${WANTED_MS} ms, from request to the end of the answer`,
      held: Number(rows[0]!['median ms']) <= WANTED_MS,
    },
    rows,
    notes: [
      `${tried.length} queries from the public schema with a fixed seed, grown until the gateway refused more: half of them took ${percentile(all, 0.5).toFixed(0)} ms, 99 of 100 at most ${percentile(all, 0.99).toFixed(0)} ms. The slowest were changed further, ${ROUNDS} rounds long.`,
      'One process, one request at a time, each with a name of its own so that it is planned anew, as a reader who follows 400 people who follow 150 each; the newest posts have 20 photos, 30 hashtags and dozens of comments that mention 20 people.',
      'Mutations are not among them: each takes five tokens of its bucket for every root field, and those that hash a password a token of the bucket for log-ins, of which there are ten a minute. What they answer with is bounded as for queries.',
    ],
  };
}
