import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freeze } from '@tintype/local';
import type { Distributed } from '@tintype/local/distributed';
import { percentile } from '#fixture/figures.ts';
import { type Fixture, handleOf, loggedSince, openFixture, say } from '#fixture/fixture.ts';
import type { Result, Row } from '#fixture/results.ts';
import { type Asked, listen, makePeople, msUntil, type Person, post } from './people.ts';

type Fault = {
  name: string;
  seconds: number;
  /** People who comment in the meantime, one comment after another. */
  commenters: number;
  pid(): number;
  /** The recovery time that is wanted, in milliseconds. */
  wanted: { feed: number; post: number };
  /** The wanted latency of feeds from the second second of the fault on. */
  meanwhileMs: number;
};

const PEOPLE = 64;
const POST_EVERY_MS = 2000;
const FEED =
  'query Feed { homeFeed(first: 20) { isStale edges { node { id caption likeCount commentCount author { username } } } } }';
const COMMENT =
  'mutation Comment($input: CreateCommentInput!) { createComment(input: $input) { comment { id } errors { code } } }';

/** What freezing a part for a while costs: answers during the fault, and the time until everything is as before. */
export async function benchFaults(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const platform = await fixture.startPlatform();
    const people = await makePeople(fixture, platform.url, PEOPLE);
    const own = await post(people[0]!);
    const faults = faultsOf(fixture, platform);
    const rows: Row[] = [];
    let held = true;
    for (const fault of faults) {
      await post(people[0]!).then((id) => msUntil(() => isSeen(people[1]!, id)));
      const seen = await strike(fault, fixture, platform, people, own);
      held &&= seen.held;
      rows.push(seen.row);
      say(JSON.stringify(seen.row));
    }
    return {
      question: 'What a part that stands still costs, and how soon everything is as before',
      goal: {
        wanted: faults
          .map(({ name, wanted }) => `${name}: feeds within ${wanted.feed} ms, posts within ${wanted.post} ms`)
          .join('; '),
        held,
      },
      rows,
      notes: [
        `The distributed platform. A part is stopped with SIGSTOP and goes on with SIGCONT; times after it are counted from there. Meanwhile one person reads feeds and another one posts every ${POST_EVERY_MS / 1000} s, beside those who comment. "written after an error" counts comments that are there although their writer was told of an error.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}

function faultsOf(fixture: Fixture, platform: Distributed): Fault[] {
  const part = (name: string) => () => platform.processes.get(name)!.pid()!;
  const store = (name: 'postgres' | 'redis') => () => handleOf(fixture, name).pid()!;
  return [
    {
      name: 'engagement',
      seconds: 10,
      commenters: PEOPLE,
      pid: part('engagement'),
      wanted: { feed: 1000, post: 5000 },
      meanwhileMs: 1000,
    },
    {
      name: 'Redis',
      seconds: 30,
      commenters: 4,
      pid: store('redis'),
      wanted: { feed: 2000, post: 5000 },
      meanwhileMs: 1500,
    },
    {
      name: 'Postgres',
      seconds: 75,
      commenters: 4,
      pid: store('postgres'),
      wanted: { feed: 2000, post: 5000 },
      meanwhileMs: 1500,
    },
  ];
}

async function strike(fault: Fault, fixture: Fixture, platform: Distributed, people: readonly Person[], own: string) {
  const [author, follower, commenter] = people as [Person, Person, Person];
  const pidsOf = () => [...platform.processes.values()].map((one) => one.pid()).join();
  const pids = pidsOf();
  const listener = await listen(platform.url, author.token);
  const before = fixture.logged();
  const thaw = freeze(fault.pid());
  say(`${fault.name} is frozen`);
  const began = performance.now();
  let isFrozen = true;
  const feeds: (Asked & { at: number })[] = [];
  const posts: string[] = [];
  const refused: string[] = [];
  const again = async (work: () => Promise<unknown>, pauseMs: number) => {
    while (isFrozen) {
      await work();
      await sleep(pauseMs);
    }
  };
  const work = [
    again(async () => {
      const at = performance.now() - began;
      feeds.push({ ...(await follower.ask(FEED)), at });
    }, 100),
    again(
      () =>
        post(author).then(
          (id) => posts.push(id),
          () => undefined,
        ),
      POST_EVERY_MS,
    ),
    ...people.slice(0, fault.commenters).map((person) =>
      again(async () => {
        const text = randomUUID();
        const { codes } = await person.ask(COMMENT, { input: { postId: own, text } });
        if (codes.length > 0) refused.push(text);
      }, 100),
    ),
  ];
  await sleep(fault.seconds * 1000);
  const logged = loggedSince(fixture, before, fault.seconds);
  thaw();
  isFrozen = false;
  const receivedBefore = listener.events();
  const [feedMs, commentMs, eventMs, ...postMs] = await Promise.all([
    msUntil(() => isWhole(follower)),
    msUntil(
      async () => (await commenter.ask(COMMENT, { input: { postId: own, text: 'afterwards' } })).codes.length === 0,
    ),
    msUntil(async () => listener.events() > receivedBefore),
    ...posts.map((id) => msUntil(() => isSeen(follower, id))),
  ]);
  const later = await post(author);
  const laterMs = await msUntil(() => isSeen(follower, later));
  await Promise.all(work);
  // By now, everything that began before the end of the freeze is either written or not.
  await sleep(5000);
  const { rows } = await fixture.resources.database.pool.query<{ count: string }>(
    'SELECT count(*) FROM engagement.comment WHERE text = ANY($1)',
    [refused],
  );
  const meanwhile = feeds.filter(({ at }) => at > 1000 && at < fault.seconds * 1000 - 1000).map(({ ms }) => ms);
  const written = Number(rows[0]!.count);
  const restarted = pidsOf() === pids ? 'none' : 'some';
  const isCut = listener.isCut();
  listener.close();
  const worstPostMs = Math.max(0, ...postMs);
  const p99 = Math.round(percentile(meanwhile, 0.99));
  return {
    held:
      feedMs! <= fault.wanted.feed &&
      worstPostMs <= fault.wanted.post &&
      p99 <= fault.meanwhileMs &&
      restarted === 'none' &&
      !isCut &&
      written === 0,
    row: {
      frozen: fault.name,
      s: fault.seconds,
      'feeds meanwhile': meanwhile.length,
      'p50 ms': Math.round(percentile(meanwhile, 0.5)),
      'p99 ms': p99,
      'errors meanwhile': [...new Set(feeds.flatMap(({ codes }) => codes))].join(' ') || 'none',
      'feeds whole after ms': feedMs!,
      'comments after ms': commentMs!,
      'live events after ms': eventMs!,
      'posts of that time': posts.length,
      'in feeds after ms': worstPostMs,
      'a new post takes ms': laterMs,
      'processes restarted': restarted,
      'live connection': isCut ? 'cut' : 'kept',
      'refused comments': refused.length,
      'written after an error': written,
      ...logged,
    } satisfies Row,
  };
}

type Feed = { isStale: boolean; edges: { node: { id: string } | null }[] };

async function isWhole({ ask }: Person): Promise<boolean> {
  const { data, codes } = await ask(FEED);
  const feed = data?.homeFeed as Feed | null;
  return codes.length === 0 && feed?.isStale === false && feed.edges.every(({ node }) => node !== null);
}

async function isSeen({ ask }: Person, id: string): Promise<boolean> {
  const { data } = await ask(FEED);
  return (data!.homeFeed as Feed).edges.some(({ node }) => node?.id === id);
}
