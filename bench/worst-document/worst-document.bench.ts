import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { costOf, createQueryAnalyser, readCosts } from '@tintype/gateway';
import { freePort } from '@tintype/local';
import { buildSchema } from 'graphql';
import { median, percentile } from '#fixture/figures.ts';
import { type Fixture, openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { createRandom } from '#search/people.ts';
import { logInAll } from '../feed/world.ts';
import { type Asker, createAsker } from './asker.ts';
import { type CrowdedWorld, makeCrowdedWorld } from './crowded-world.ts';
import { type Asked, createDocumentMaker, print, type Random } from './document.ts';
import { estimate, fitWeights, type Sample } from './fit.ts';
import { measureOwn } from './own-operations.ts';
import { createResponseCounter } from './response-amounts.ts';

const DOCUMENTS = 2000;
/** Time limits after which the remaining random documents, and the remaining rounds, are skipped. */
const DOCUMENTS_MS = 120_000;
const ROUNDS_MS = 60_000;
/**
 * How many changes a document goes through. A change is kept if the gateway still admits the document at a higher cost.
 */
const CHANGES = 20;
/** How many changes are made at once. */
const STEPS = 3;
/** How often the slowest documents are changed, how many of them, and how often each. */
const ROUNDS = 12;
const PARENTS = 12;
const CHILDREN = 7;
/** The fastest of several measurements counts during the search, so that pauses of the machine do not matter. */
const AGAIN = 3;
const REPORTED = 10;
/** Reported documents are chosen from this many. None of them shares more of its words with an earlier one. */
const SLOWEST = 200;
const ALIKE = 0.6;
const REPORTED_TIMES = 9;
const WANTED_MS = 100;
const WARM_UP = 150;
/** One document in this many is a visitor's. */
const VISITORS = 4;
const SAID_EVERY = 250;

type Document = { query: readonly Asked[]; text: string; isVisitors: boolean; cost: number; ms: number };

/**
 * The slowest query that the gateway admits: random ones from the public schema, and the slowest of these changed
 * further.
 */
export async function benchWorstDocument(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const platform = await fixture.startPlatform();
    const world = await makeCrowdedWorld(fixture, platform.subgraphUrls);
    await platform.stop();
    const { url, stalledMs } = await startGateway(fixture);
    const token = await logIn(url, world);
    return await search(createAsker(url, token), stalledMs, world);
  } finally {
    await fixture.close();
  }
}

/** Everything in one process, without workers. */
async function startGateway(fixture: Fixture) {
  const [port, healthPort] = [await freePort(), await freePort()];
  const env = { PORT: String(port), HEALTH_LISTEN: `127.0.0.1:${healthPort}`, WORKERS: 'none' };
  fixture.startProcesses([{ name: 'gateway', entry: 'gateway/src/main.ts', env }]);
  const url = `http://127.0.0.1:${port}/graphql`;
  const headers = { 'content-type': 'application/json' };
  await waitUntil('the gateway', async () => {
    const probe = await fetch(url, { method: 'POST', headers, body: '{"query":"{ __typename }"}' }).catch(() => null);
    return probe?.ok ?? false;
  });
  /** The longest time since the last call for which the event loop was blocked. */
  const stalledMs = async (): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
    return 1000 * Number(/^nodejs_eventloop_lag_max_seconds (\S+)/m.exec(metrics)?.[1]);
  };
  return { url, stalledMs };
}

/** The reader's token. On a busy machine, the first requests may find no connection to Postgres in time. */
async function logIn(url: string, world: CrowdedWorld): Promise<string> {
  let token: string | undefined;
  await waitUntil('the login', async () => {
    const tokens = await logInAll(url, world).catch(() => new Map<unknown, string>());
    token = [...tokens.values()][0];
    return token !== undefined;
  });
  return token!;
}

async function search(ask: Asker, stalledMs: () => Promise<number>, { values }: CrowdedWorld): Promise<Result> {
  const schema = buildSchema(readFileSync(fileURLToPath(import.meta.resolve('@tintype/schema/api.graphql')), 'utf8'));
  const random = createRandom(2026);
  const maker = createDocumentMaker(schema, values, random);
  const analyser = createQueryAnalyser(schema, readCosts(schema));
  const countAnswer = createResponseCounter(schema);
  const admittedCost = (text: string): number | null => {
    try {
      return costOf(analyser.analyse(`query ${text}`)[0]!, {});
    } catch {
      return null;
    }
  };
  let asked = 0;
  // Each request has another name, so that it is analysed and planned again.
  const time = async (text: string, isVisitors: boolean) => await ask(`query Q${++asked} ${text}`, isVisitors);
  const samples: Sample[] = [];
  const tried: Document[] = [];
  let refused = 0;
  const measure = async (query: readonly Asked[], cost: number, isVisitors: boolean): Promise<Document | null> => {
    const text = print(query);
    const measured = await time(text, isVisitors);
    if (!measured) {
      refused += 1;
      return null;
    }
    const document = { query, text, isVisitors, cost, ms: measured.ms };
    tried.push(document);
    samples.push({ amounts: countAnswer(`query ${text}`, measured.data), ms: measured.ms });
    return document;
  };
  const again = async (documents: readonly Document[]): Promise<Document[]> => {
    for (const one of documents)
      for (let n = 1; n < AGAIN; n++)
        one.ms = Math.min(one.ms, (await time(one.text, one.isVisitors))?.ms ?? Number.POSITIVE_INFINITY);
    return slowest(documents, documents.length);
  };
  const grown = () => grow(maker, admittedCost, random);

  say(`${DOCUMENTS} random documents`);
  for (let n = 0; n < WARM_UP; n++) await time(print(grown().query), false);
  const documentsUntil = Date.now() + DOCUMENTS_MS;
  while (tried.length < DOCUMENTS && Date.now() < documentsUntil) {
    const { query, cost } = grown();
    await measure(query, cost, random(VISITORS) === 0);
    if (tried.length % SAID_EVERY === 0)
      say(`${tried.length} documents, the slowest ${slowest(tried, 1)[0]!.ms.toFixed(0)} ms`);
  }
  const grownOnes = tried.length;
  let worst = (await again(slowest(tried, 4 * PARENTS))).slice(0, PARENTS);
  const roundsUntil = Date.now() + ROUNDS_MS;
  let rounds = 0;
  while (rounds < ROUNDS && Date.now() < roundsUntil) {
    rounds += 1;
    const children: Document[] = [];
    for (const parent of worst) {
      for (let n = 0; n < CHILDREN; n++) {
        const query = maker.change(parent.query);
        const cost = admittedCost(print(query));
        const child = cost === null ? null : await measure(query, cost, parent.isVisitors);
        if (child) children.push(child);
      }
    }
    const slow = children.filter(({ ms }) => ms > worst.at(-1)!.ms);
    worst = slowest([...worst, ...(await again(slow))], PARENTS);
    say(`round ${rounds}: ${worst[0]!.ms.toFixed(0)} ms at a cost of ${worst[0]!.cost}`);
  }
  const own = await measureOwn(ask, values, REPORTED_TIMES);
  const different = differentOnes(slowest([...worst, ...tried], SLOWEST), REPORTED);
  const rows = await rowsOf(different, time, ask, stalledMs);
  const all = tried.map(({ ms }) => ms);
  return {
    question: 'The slowest query that the gateway admits',
    goal: {
      wanted: `at most ${WANTED_MS} ms, from request to the end of the answer`,
      held: Number(rows[0]!['median ms']) <= WANTED_MS,
    },
    rows,
    notes: [
      `${grownOnes} queries from the public schema with a fixed seed, grown until the gateway refused more, and ${tried.length - grownOnes} made of the slowest in ${rounds} rounds: half of all took ${percentile(all, 0.5).toFixed(0)} ms, 99 of 100 at most ${percentile(all, 0.99).toFixed(0)} ms. ${refused} more did not pass validation.`,
      'One process, one request at a time, each with a name of its own so that it is analysed and planned anew ("again" is with the same name), as a reader who follows 420 people or as a visitor, among 1,000 people who follow 130 each; the newest posts have 20 photos, 30 hashtags, 200 likes and up to 120 comments that mention 20 people and have 20 replies each. "stall" is the longest time for which the event loop stood still.',
      own,
      ...notesOf(samples),
      'Mutations are not among them: each takes five tokens of its bucket for every root field, and those that hash a password a token of the bucket for logins, of which there are ten a minute. What they answer with is bounded as for queries.',
    ],
  };
}

function slowest(documents: readonly Document[], count: number): Document[] {
  return documents.toSorted((one, other) => other.ms - one.ms).slice(0, count);
}

/** The first ones that do not mostly select the same as an earlier one. */
function differentOnes(documents: readonly Document[], count: number): Document[] {
  const chosen: { document: Document; words: Set<string> }[] = [];
  for (const document of documents) {
    const words = new Set(document.text.match(/\w+/g));
    if (chosen.length < count && chosen.every((one) => likeness(one.words, words) < ALIKE))
      chosen.push({ document, words });
  }
  return chosen.map(({ document }) => document);
}

/** The share of words that two documents have in common. */
function likeness(one: ReadonlySet<string>, other: ReadonlySet<string>): number {
  const common = [...one].filter((word) => other.has(word)).length;
  return common / (one.size + other.size - common);
}

/** A document that costs about as much as the gateway admits, or a part of that. */
function grow(
  maker: ReturnType<typeof createDocumentMaker>,
  admittedCost: (text: string) => number | null,
  random: Random,
) {
  for (;;) {
    let query = maker.start();
    let cost = admittedCost(print(query));
    if (cost === null) continue;
    for (let changes = 3 + random(CHANGES); changes > 0; changes--) {
      let changed = maker.change(query);
      for (let steps = random(STEPS); steps > 0; steps--) changed = maker.change(changed);
      const changedCost = admittedCost(print(changed));
      if (changedCost === null || changedCost < cost) continue;
      [query, cost] = [changed, changedCost];
    }
    return { query, cost };
  }
}

async function rowsOf(
  worst: readonly Document[],
  time: (text: string, isVisitors: boolean) => ReturnType<Asker>,
  ask: Asker,
  stalledMs: () => Promise<number>,
): Promise<Result['rows']> {
  const rows: Result['rows'] = [];
  for (const { text, isVisitors, cost } of worst) {
    const [times, stalls, repeated]: number[][] = [[], [], []];
    for (let n = 0; n < REPORTED_TIMES; n++) {
      await stalledMs();
      times!.push((await time(text, isVisitors))!.ms);
      stalls!.push(await stalledMs());
      repeated!.push((await ask(`query Q ${text}`, isVisitors))!.ms);
    }
    rows.push({
      'median ms': Math.round(median(times!)),
      'slowest ms': Math.round(Math.max(...times!)),
      'again ms': Math.round(median(repeated!)),
      'stall ms': Math.round(median(stalls!)),
      cost,
      viewer: isVisitors ? 'visitor' : 'reader',
      document: text,
    });
  }
  return rows.toSorted((one, other) => Number(other['median ms']) - Number(one['median ms']));
}

/** What one of each takes, fitted on every other document and tested on the rest. */
function notesOf(samples: readonly Sample[]): string[] {
  const weights = fitWeights(samples.filter((_, index) => index % 2 === 0));
  const others = samples.filter((_, index) => index % 2 === 1);
  const ratios = others.map(({ amounts, ms }) => ms / estimate(weights, amounts));
  const inMicroseconds = (name: string) => `${name} ${Math.round(1000 * (weights.get(name) ?? 0))}`;
  const own = [...weights].filter(([name, ms]) => name.includes('.') && ms >= 0.5).toSorted((a, b) => b[1] - a[1]);
  return [
    `What takes the time, by least squares over half of the documents and what was in their answers, in microseconds for one: ${['request', 'selection', 'read', 'page', 'identified', 'object', 'leaf'].map(inMicroseconds).join(', ')}. Of the other half, whose times were not used, half took within ${percentile(
      ratios.map((one) => Math.abs(one - 1)),
      0.5,
    ).toFixed(2)} of what this says, and 95 of 100 at most ${percentile(ratios, 0.95).toFixed(2)} times that.`,
    `Fields that take more than what they read and hold, in milliseconds: ${own.map(([name, ms]) => `\`${name}\` ${ms.toFixed(1)}`).join(', ')}.`,
  ];
}
