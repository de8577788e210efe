import { FEED } from '#feed/query.ts';
import { median } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { type Asked, AT_ONCE, AUTHORS, makeReaders, READERS, startServers } from './servers.ts';

const ROUNDS = 5;
/** Requests of each kind in a round: enough CPU time, which is counted in ticks of 10 ms. */
const REQUESTS = 600;
/** A feed takes more tokens than this burst, so a full bucket lasts for one, and fills up in two seconds. */
const LIMITED = { RATE_LIMIT_PER_SECOND: '1', RATE_LIMIT_BURST: '2' };
/** The limited gateway answers a feed when its bucket is full again. More than that would not be a measurement. */
const MAX_ANSWERED = 0.02;

type Server = 'open' | 'limited';
type Kind = {
  name: string;
  server: Server;
  /** Null if the request is answered. */
  code: string | null;
  /** Documents that differ, so that no cache has the refusal. */
  request(index: number): Asked;
};

const document = (text: string, index: number) => JSON.stringify({ query: `${text} # ${index}` });
const nested = (depth: number) =>
  `${'{ me { followers { edges { node '.repeat(depth)}{ id }${' } } } }'.repeat(depth)}`;
const feeds = (count: number) =>
  Array.from({ length: count }, (_, n) => `a${n}: homeFeed(first: 100) { edges { node { id author { id } } } }`);
/** Has the form of an app's access token. */
const unknownToken = (index: number) => String(index).padStart(43, '0');

function kindsOf(tokens: readonly string[]): Kind[] {
  const [limitedReader, ...readers] = tokens.map((token) => `Bearer ${token}`) as [string, ...string[]];
  const refused = (name: string, code: string, request: Kind['request']): Kind => {
    return { name, server: 'open', code, request };
  };
  const authorization = readers[0]!;
  return [
    {
      name: 'a home feed',
      server: 'open',
      code: null,
      request: (index) => ({ headers: { authorization: readers[index % readers.length]! }, body: FEED }),
    },
    refused('no JSON', 'BAD_REQUEST', () => ({ body: '{"query": ' })),
    refused('a body of 200 KB', 'BODY_TOO_LARGE', () => ({ body: JSON.stringify({ query: 'x'.repeat(200_000) }) })),
    refused('no GraphQL', 'GRAPHQL_PARSE_FAILED', (index) => ({ body: document('{ me { id ', index) })),
    refused('an unknown field', 'GRAPHQL_VALIDATION_FAILED', (index) => ({
      body: document('{ me { salary } }', index),
    })),
    refused('a long document', 'QUERY_TOO_LONG', (index) => ({
      body: document(`{ ${'me { id } '.repeat(9_000)} }`, index),
    })),
    refused('a deep document', 'QUERY_TOO_DEEP', (index) => ({ body: document(nested(60), index) })),
    refused('a costly document', 'QUERY_TOO_COSTLY', (index) => ({
      headers: { authorization },
      body: document(`{ ${feeds(20).join(' ')} }`, index),
    })),
    refused('a forged token', 'UNAUTHENTICATED', (index) => ({
      headers: { authorization: `${authorization.slice(0, -8)}${String(index).padStart(8, 'A')}` },
      body: FEED,
    })),
    refused('an unknown token of an app', 'UNAUTHENTICATED', (index) => ({
      headers: { authorization: `Bearer ${unknownToken(index)}` },
      body: FEED,
    })),
    refused('no token', 'UNAUTHENTICATED', () => ({ body: FEED })),
    {
      name: 'too many requests',
      server: 'limited',
      code: 'RATE_LIMITED',
      request: () => ({ headers: { authorization: limitedReader }, body: FEED }),
    },
  ];
}

/** CPU time for each request that is refused, beside that of a home feed of 20 posts. */
export async function benchRefusals(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const kinds = kindsOf(await makeReaders(fixture));
    const entry = 'gateway/src/main.ts';
    const servers = await startServers(fixture, { open: { entry, env: {} }, limited: { entry, env: LIMITED } });
    const found = new Map<string, number[]>(kinds.map(({ name }) => [name, []]));
    let sent = 0;
    for (let round = 0; round <= ROUNDS; round++) {
      for (const { name, server, code, request } of kinds) {
        let answered = 0;
        const cpuMs = await servers.cpuMsEach(server, REQUESTS, async () => {
          const { status, text } = await servers.ask(server, request(sent++));
          if (!text.includes('"errors"')) answered += 1;
          else if (code === null || !text.includes(`"${code}"`))
            throw new Error(`${name} was not answered with ${code ?? 'a feed'}: ${status} ${text.slice(0, 300)}`);
        });
        const wanted = code === null ? answered === REQUESTS : answered <= REQUESTS * MAX_ANSWERED;
        if (!wanted) throw new Error(`${name}: ${answered} of ${REQUESTS} requests were answered.`);
        // The first round warms up the compilers.
        if (round > 0) found.get(name)!.push(cpuMs);
      }
      say(`round ${round} of ${ROUNDS}`);
    }
    await servers.close();
    const feedMs = median(found.get('a home feed')!);
    const rows = [...found].map(([name, all]) => ({
      request: name,
      'CPU ms': median(all).toFixed(2),
      'to a feed': (median(all) / feedMs).toFixed(2),
    }));
    return {
      question: 'CPU time for a request that is refused, beside a home feed of 20 posts',
      goal: { wanted: 'none more than a feed', held: rows.every((row) => Number(row['to a feed']) <= 1) },
      rows,
      notes: [
        `Medians of ${ROUNDS} rounds of ${REQUESTS} requests each over ${AT_ONCE} connections: CPU time of a process with the gateway and all subgraphs, of Postgres and of Redis together. ${READERS} readers who follow ${AUTHORS} authors. All documents that are refused differ, so that no cache knows them.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}
