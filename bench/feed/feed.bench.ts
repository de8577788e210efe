import { freePort } from '@tintype/local';
import { inParallel, median } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import { type Load, measureLoad, type Request } from '#fixture/load.ts';
import type { Result, Row } from '#fixture/results.ts';
import { waitUntil } from '#fixture/wait.ts';
import { FEED } from './query.ts';
import { logInAll, makeWorld, type Reader, type World } from './world.ts';

const AUTHORS = 3000;
const KINDS = [10, 300, 3000];
const READERS_EACH = 12;
const ROUNDS = 3;
const SECONDS = 8;
const WARM_UP_SECONDS = 2;
const WANTED_GROWTH = 1.3;
/** Posts that the query asks for. */
const PAGE = 20;

type Target = { name: string; url: string; headersOf(reader: Reader): Record<string, string> };

/** Home feeds of 20 through the gateway, in both shapes, beside one pull query behind graphql-js. */
export async function benchFeed(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const distributed = await fixture.startPlatform();
    const ports = { allInOne: await freePort(), pull: await freePort() };
    fixture.startProcesses([
      { name: 'all-in-one', entry: 'gateway/src/main.ts', env: { PORT: String(ports.allInOne), WORKERS: 'none' } },
      { name: 'pull', entry: 'bench/feed/pull-server.ts', env: { PORT: String(ports.pull) } },
    ]);
    const world = await makeWorld(
      fixture,
      AUTHORS,
      KINDS.flatMap((kind) => Array<number>(READERS_EACH).fill(kind)),
    );
    const tokens = await logInAll(`${distributed.url}/graphql`, world);
    const headersOf = (reader: Reader) => ({ authorization: `Bearer ${tokens.get(reader)}` });
    const targets: Target[] = [
      { name: 'one process', url: `http://127.0.0.1:${ports.allInOne}/graphql`, headersOf },
      { name: 'distributed', url: `${distributed.url}/graphql`, headersOf },
      {
        name: 'pull query',
        url: `http://127.0.0.1:${ports.pull}/`,
        headersOf: ({ id }) => ({ 'x-viewer': String(id) }),
      },
    ];
    await waitUntil('all servers', async () => {
      const answers = targets.map(({ url, ...target }) => ask(url, target.headersOf(world.readers[0]!)));
      const settled = await Promise.allSettled(answers);
      // A part that has just started may not reach the others yet, and then leaves posts out.
      return settled.every((answer) => answer.status === 'fulfilled' && answer.value.length === PAGE);
    });
    await compareAnswers(targets, world);
    return report(targets, await measure(targets, world));
  } finally {
    await fixture.close();
  }
}

async function ask(url: string, headers: Record<string, string>): Promise<string[]> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: FEED,
  });
  const { data } = (await response.json()) as { data: { homeFeed: { edges: { node: { id: string } }[] } } };
  return data.homeFeed.edges.map(({ node }) => node.id);
}

/** Checks that both sides return the same feeds, so that their times can be compared. @throws Error if they differ */
async function compareAnswers(targets: readonly Target[], { readers }: World): Promise<void> {
  await inParallel(readers, 4, async (reader) => {
    const answers = await Promise.all(targets.map(({ url, headersOf }) => ask(url, headersOf(reader))));
    const different = new Set(answers.map((ids) => ids.join())).size;
    if (different > 1 || answers[0]!.length !== PAGE) throw new Error(`The feeds of ${reader.username} differ.`);
  });
}

async function measure(targets: readonly Target[], { readers }: World): Promise<Map<Target, Map<number, Load[]>>> {
  const loads = new Map(targets.map((target) => [target, new Map(KINDS.map((kind) => [kind, [] as Load[]]))]));
  for (let round = 1; round <= ROUNDS; round++) {
    for (const target of targets) {
      for (const kind of KINDS) {
        const requests = readers
          .filter((reader) => reader.following === kind)
          .map((reader): Request => ({ headers: target.headersOf(reader), body: FEED }));
        const load = await measureLoad({ url: target.url, requests, seconds: SECONDS, warmUpSeconds: WARM_UP_SECONDS });
        say(`round ${round}, ${target.name}, ${kind} followed: ${load.requestsPerSecond}/s, p99 ${load.p99} ms`);
        loads.get(target)!.get(kind)!.push(load);
      }
    }
  }
  return loads;
}

function report(targets: readonly Target[], loads: Map<Target, Map<number, Load[]>>): Result {
  const [, , pull] = targets;
  const figure = (target: Target, kind: number, of: keyof Load) =>
    median(
      loads
        .get(target)!
        .get(kind)!
        .map((load) => load[of]),
    );
  const growth = (target: Target) => figure(target, KINDS.at(-1)!, 'p99') / figure(target, KINDS[0]!, 'p99');
  const rows = targets.flatMap((target) =>
    KINDS.map(
      (kind): Row => ({
        server: target.name,
        follows: kind,
        requests: figure(target, kind, 'requests'),
        'requests/s': figure(target, kind, 'requestsPerSecond'),
        'p50 ms': figure(target, kind, 'p50'),
        'p99 ms': figure(target, kind, 'p99'),
        'requests/s to pull': (
          figure(target, kind, 'requestsPerSecond') / figure(pull!, kind, 'requestsPerSecond')
        ).toFixed(2),
        'p99 to its 10': (figure(target, kind, 'p99') / figure(target, KINDS[0]!, 'p99')).toFixed(2),
      }),
    ),
  );
  const ours = targets.filter((target) => target !== pull);
  return {
    question: 'Home feeds of 20 posts through the gateway, by how many people the reader follows',
    goal: {
      wanted: `our p99 for readers of ${KINDS.at(-1)} at most ${WANTED_GROWTH} times that for readers of ${KINDS[0]}`,
      held: ours.every((target) => growth(target) <= WANTED_GROWTH),
    },
    rows,
    notes: [
      `Medians of ${ROUNDS} rounds, ${SECONDS} s each over 4 connections, ${READERS_EACH} readers of each kind in turn, ${AUTHORS} authors with 20 posts each. All servers answered every reader with the same posts. The pull query is one SQL statement behind graphql-js: no gateway, tokens, limits or policy.`,
    ],
  };
}
