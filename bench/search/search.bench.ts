import { freePort } from '@tintype/local';
import type { ProcessSpec } from '@tintype/local/processes';
import { importAccounts } from '@tintype/user';
import { cpuSeconds } from '#fixture/cpu.ts';
import { median } from '#fixture/figures.ts';
import { type Fixture, handleOf, openFixture, say } from '#fixture/fixture.ts';
import { type Load, measureSharedLoad, type Request } from '#fixture/load.ts';
import type { Result } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { readCaptions } from '#real/data.ts';
import { indexAll } from './index-all.ts';
import { createRandom, type Findable, makePeople } from './people.ts';
import { misspell } from './questions.ts';

const ROUNDS = 3;
const SECONDS = 5;
/** Warm-up for the compilers: a server runs differently when it has just started. */
const WARM_UP_SECONDS = 24;
/** More queries than one round sends, so that none repeats within 30 s and the cache answers none. */
const DISTINCT = 30_000;
/** A query that many people send at the same time. */
const FREQUENT = 300;
const WANTED = 20;
/** The number of cores of the machine that was measured. ILIKE can use all of them in Postgres, too. */
const GATEWAYS: readonly string[] = ['gateway-1', 'gateway-2'];
const CONNECTIONS = 8;
/** One query in this many has a typo. In web searches, 10 to 15% have one (Cucerzan and Brill 2004). */
const TYPOS = 8;

const SUGGEST =
  'query($q: String!) { suggest(prefix: $q) { text node { __typename ... on User { id username displayName } } } }';
const SEARCH = `query($q: String!) { search(query: $q, first: 20) {
  edges { node { __typename ... on User { id username displayName } ... on Post { id caption } } } } }`;

type Measured = Load & { cpuMs: number };

/** `suggest` and `search` through the gateway beside ILIKE '%…%' on the same rows. */
export async function benchSearch(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const people = makePeople();
    const platform = await fixture.startPlatform();
    const seconds = await fill(fixture, people, platform.subgraphUrls);
    const specs: (ProcessSpec & { url: string })[] = [];
    for (const name of [...GATEWAYS, 'ILIKE']) {
      const port = await freePort();
      const entry = name === 'ILIKE' ? 'bench/search/naive-server.ts' : 'gateway/src/main.ts';
      const url = `http://127.0.0.1:${port}/graphql`;
      specs.push({ name, entry, url, env: { PORT: String(port), WORKERS: 'none' } });
    }
    const { processes } = fixture.startProcesses(specs);
    const servers: Record<string, typeof specs> = {
      gateway: specs.filter(({ name }) => GATEWAYS.includes(name)),
      ILIKE: specs.filter(({ name }) => name === 'ILIKE'),
    };
    const load = (server: string, requests: readonly Request[], seconds: number) =>
      measureSharedLoad(
        servers[server]!.map(({ url }) => url),
        { requests, seconds, connections: CONNECTIONS },
      );
    // Idle parts of the platform would only take memory from both.
    await platform.stop();
    await waitUntil('the servers', async () => {
      const body = '{"query":"{ __typename }"}';
      const headers = { 'content-type': 'application/json' };
      const probes = specs.map(({ url }) => fetch(url, { method: 'POST', headers, body }));
      return (await Promise.allSettled(probes)).every((probe) => probe.status === 'fulfilled' && probe.value.ok);
    });
    const asked = makeRequests(people);
    for (const requests of Object.values(makeRequests(people, 5))) {
      await load('gateway', requests, WARM_UP_SECONDS);
    }
    await load('ILIKE', asked.search!.slice(-500), SECONDS);
    const stores = [handleOf(fixture, 'postgres').pid(), handleOf(fixture, 'redis').pid()];
    const cpuOf = (server: string) =>
      cpuSeconds([...stores, ...servers[server]!.map(({ name }) => processes.get(name)!.pid())]);
    const loads = new Map<string, Measured[]>();
    for (let round = 0; round < ROUNDS; round++) {
      for (const [kind, requests] of Object.entries(asked)) {
        for (const server of Object.keys(servers)) {
          // Each round has queries of its own, so that none is answered from the previous round's cache.
          const part = requests.slice((round * requests.length) / ROUNDS, ((round + 1) * requests.length) / ROUNDS);
          const before = cpuOf(server);
          const measured = await load(server, part, SECONDS);
          const cpuMs = ((cpuOf(server) - before) * 1000) / measured.requests;
          say(
            `round ${round + 1}, ${kind}, ${server}: ${measured.requestsPerSecond}/s, p99 ${measured.p99} ms, ${cpuMs.toFixed(2)} ms of CPU each`,
          );
          loads.set(`${kind}, ${server}`, [...(loads.get(`${kind}, ${server}`) ?? []), { ...measured, cpuMs }]);
        }
      }
    }
    return resultOf(Object.keys(asked), loads, seconds);
  } finally {
    await fixture.close();
  }
}

function resultOf(kinds: string[], loads: ReadonlyMap<string, Measured[]>, seconds: number): Result {
  const figure = (kind: string, server: string, pick: (load: Measured) => number) =>
    median(loads.get(`${kind}, ${server}`)!.map(pick));
  const rows = kinds.map((kind) => {
    const cpu = (server: string) => figure(kind, server, (load) => load.cpuMs);
    const perSecond = (server: string) => figure(kind, server, (load) => load.requestsPerSecond);
    return {
      request: kind,
      'requests/s': perSecond('gateway'),
      'ILIKE requests/s': perSecond('ILIKE'),
      times: Number((perSecond('gateway') / perSecond('ILIKE')).toFixed(1)),
      'CPU ms': Number(cpu('gateway').toFixed(2)),
      'ILIKE CPU ms': Number(cpu('ILIKE').toFixed(2)),
      'times less CPU': Number((cpu('ILIKE') / cpu('gateway')).toFixed(1)),
      'p50 ms': figure(kind, 'gateway', (load) => load.p50),
      'p99 ms': figure(kind, 'gateway', (load) => load.p99),
      'ILIKE p99 ms': figure(kind, 'ILIKE', (load) => load.p99),
    };
  });
  return {
    question: "Suggest and search through the gateway beside ILIKE '%…%', 37,700 people and 12,692 posts",
    goal: {
      wanted: `${WANTED} times as many requests per second`,
      held: rows.every(({ times }) => times >= WANTED),
    },
    rows,
    notes: [
      `Medians of ${ROUNDS} rounds of ${SECONDS} s over ${CONNECTIONS} connections, as visitors. The gateway is ${GATEWAYS.length} processes, each with all subgraphs, that check each hit and fill it in from its owner; ILIKE is graphql-js on bare http over the same rows, without any check, typos, hashtags or a gateway, and spends its time in Postgres, on all cores.`,
      `Beginnings of usernames and names, and for search also two words of a caption; one query of ${TYPOS} has a typo.`,
      'CPU: of the server, Postgres and Redis together, for each request. It does not depend on what else the machine does, as requests per second do.',
      `Frequent questions come again within 30 s and are answered from Redis; all others come once.`,
      `npm run search -- reindex took ${seconds.toFixed(1)} s for these people and posts, asked over HTTP from the user and post subgraphs.`,
    ],
  };
}

function makeRequests(people: readonly Findable[], seed = 11): Record<string, Request[]> {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)]!;
  const captions = readCaptions();
  const typed = (): string => {
    const { username, displayName } = pick(people);
    const text = random(4) ? username : displayName;
    const part = [...text].slice(0, 3 + random(8)).join('');
    return random(TYPOS) ? part : misspell(part, random);
  };
  const words = (): string => {
    if (random(2)) return typed();
    const all = pick(captions)
      .split(/\W+/)
      .filter((word) => word.length > 3);
    const pair = `${pick(all)} ${pick(all)}`;
    return random(TYPOS) ? pair : misspell(pair, random);
  };
  const distinct = (make: () => string, count: number): string[] => {
    const found = new Set<string>();
    while (found.size < count) found.add(make());
    return [...found];
  };
  const request = (query: string) => (q: string) => ({
    headers: {},
    body: JSON.stringify({ query, variables: { q } }),
  });
  return {
    suggest: distinct(typed, DISTINCT).map(request(SUGGEST)),
    search: distinct(words, DISTINCT).map(request(SEARCH)),
    'suggest, frequent': distinct(typed, FREQUENT).map(request(SUGGEST)),
    'search, frequent': distinct(words, FREQUENT).map(request(SEARCH)),
  };
}

/** @returns the duration of the reindexing in seconds */
async function fill(fixture: Fixture, people: readonly Findable[], subgraphUrls: string): Promise<number> {
  const { resources } = fixture;
  const { pool } = resources.database;
  const ids = await importAccounts(
    resources,
    people.map(({ username, displayName }) => {
      return { username, displayName, email: `${username}@example.org`, passwordHash: 'nobody logs in here' };
    }),
  );
  const captions = readCaptions();
  await pool.query(
    `INSERT INTO post.post (author_id, id, caption, state, published_at)
     SELECT author_id, id, caption, 'PUBLISHED', now() FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS n(author_id, id, caption)`,
    [captions.map((_, index) => ids[(index * 31) % ids.length]!), captions.map(() => resources.ids.next()), captions],
  );
  await waitUntil('the accounts everywhere', async () => {
    const { rows } = await pool.query<{ people: number; found: number; dead: number }>(
      `SELECT (SELECT count(*) FROM social_graph.person)::int AS people,
         (SELECT count(*) FROM search.account WHERE NOT dirty)::int AS found,
         (SELECT count(*) FROM runtime.dead_letter)::int AS dead`,
    );
    const { people, found, dead } = rows[0]!;
    // Whoever it is about would be missing for good.
    if (dead > 0) throw new Error(`${dead} events became dead letters.`);
    const missing = `social-graph knows ${people} of ${ids.length} people, and ${found} are indexed`;
    return (people === ids.length && found === ids.length) || missing;
  });
  await pool.query(
    `UPDATE social_graph.person p SET follower_count = n.count FROM unnest($1::bigint[], $2::int[]) AS n(id, count) WHERE p.user_id = n.id`,
    [ids, people.map(({ degree }) => degree)],
  );
  await pool.query('UPDATE search.account SET count_due = now()');
  const seconds = await indexAll(fixture, subgraphUrls);
  await waitUntil('the counts', async () => {
    const { rows } = await pool.query(
      `SELECT 1 FROM search.account WHERE dirty OR count_due IS NOT NULL UNION ALL SELECT 1 FROM search.post WHERE dirty OR count_due IS NOT NULL LIMIT 1`,
    );
    return rows.length === 0;
  });
  await pool.query('ANALYZE');
  say(`people and posts are in; reindexed in ${seconds.toFixed(1)} s`);
  return seconds;
}
