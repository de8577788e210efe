import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { FEED } from '#feed/query.ts';
import { logInAll, makeWorld, PASSWORD, type World } from '#feed/world.ts';
import { median, percentile } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { AUTHORS, READERS } from './servers.ts';

const ROUNDS = 6;
const SECONDS = 10;
const FEEDS_PER_SECOND = 20;
const LOGINS_PER_SECOND = 100;
/** People with the right password, who try again when they are refused, after the time that they are given. */
const PEOPLE_PER_SECOND = 0.5;
const WANTED_GROWTH = 1.5;
const PATIENCE_MS = 60_000;

type Times = { feeds: number[]; refusedFeeds: number; loggedIn: number; refused: number; people: number[] };
const noTimes = (): Times => ({ feeds: [], refusedFeeds: 0, loggedIn: 0, refused: 0, people: [] });

/** A client for each kind of request, so that none waits for connections of the other. */
function openClients(url: string) {
  const pools = { feeds: new Pool(url, { connections: 128 }), logins: new Pool(url, { connections: 512 }) };
  let addresses = 0;
  return {
    async post(kind: keyof typeof pools, body: string, headers: Record<string, string>) {
      const response = await pools[kind].request({
        method: 'POST',
        path: '/graphql',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      return { status: response.statusCode, headers: response.headers, text: await response.body.text() };
    },
    /** One that has sent nothing yet. The gateway takes these clients for a proxy. */
    newAddress: () => `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses++ & 255}`,
    close: () => Promise.all(Object.values(pools).map((pool) => pool.close())),
  };
}

function createLoad(url: string, tokens: readonly string[], { readers }: World) {
  const clients = openClients(url);
  let attempts = 0;

  const readFeed = async (times: Times, index: number) => {
    const began = performance.now();
    const headers = { authorization: `Bearer ${tokens[index % tokens.length]}` };
    const { status, text } = await clients.post('feeds', FEED, headers);
    if (text.includes('"OVERLOADED"') || text.includes('"UNAVAILABLE"')) times.refusedFeeds += 1;
    else if (status === 200 && text.includes('"edges":[{')) times.feeds.push(performance.now() - began);
    else throw new Error(`No feed: ${status} ${text.slice(0, 200)}`);
  };
  const logIn = (identifier: string, password: string, address: string) => {
    const query = 'mutation ($input: LogInInput!) { logIn(input: $input) { accessToken errors { code } } }';
    const body = JSON.stringify({ query, variables: { input: { identifier, password } } });
    return clients.post('logins', body, { 'x-forwarded-for': address });
  };
  /** Always another name from another address, so that no attempt is answered sooner because of those before. */
  const guess = async (times: Times) => {
    const { text } = await logIn(`nobody.${attempts++}`, 'a long enough phrase', clients.newAddress());
    if (text.includes('CREDENTIALS_WRONG')) times.loggedIn += 1;
    else if (text.includes('OVERLOADED')) times.refused += 1;
    else throw new Error(`No answer to a login: ${text.slice(0, 200)}`);
  };
  const enter = async (times: Times, index: number) => {
    const [began, address] = [performance.now(), clients.newAddress()];
    while (performance.now() < began + PATIENCE_MS) {
      const { text, headers } = await logIn(readers[index % readers.length]!.username, PASSWORD, address);
      if (text.includes('"accessToken":"')) return void times.people.push(performance.now() - began);
      if (!text.includes('OVERLOADED')) throw new Error(`No answer to a login: ${text.slice(0, 200)}`);
      await sleep(1000 * Number(headers['retry-after'] ?? 1));
    }
    throw new Error(`A person could not log in for ${PATIENCE_MS / 1000} s.`);
  };

  return {
    /** Requests arrive at these times, however long the answers to earlier ones take. */
    async run(seconds: number, hasLogins: boolean): Promise<Times> {
      const times = noTimes();
      const all: Promise<void>[] = [];
      const failures: unknown[] = [];
      const every = async (perSecond: number, act: (index: number) => Promise<void>) => {
        const began = performance.now();
        for (let index = 0; index < perSecond * seconds; index++) {
          await sleep(Math.max(0, began + (index * 1000) / perSecond - performance.now()));
          all.push(act(index).catch((error: unknown) => void failures.push(error)));
        }
      };
      await Promise.all([
        every(FEEDS_PER_SECOND, (index) => readFeed(times, index)),
        ...(hasLogins
          ? [every(LOGINS_PER_SECOND, () => guess(times)), every(PEOPLE_PER_SECOND, (index) => enter(times, index))]
          : []),
      ]);
      await Promise.all(all);
      if (failures.length > 0) throw new AggregateError(failures, `${failures.length} requests failed.`);
      return times;
    },
    close: clients.close,
  };
}

/** Home feeds that arrive steadily, while nobody logs in and while 100 people a second try to. */
export async function benchLogins(): Promise<Result> {
  const fixture = await openFixture({ TRUST_PROXY: '127.0.0.1' });
  try {
    const { url } = await fixture.startPlatform();
    const world = await makeWorld(fixture, AUTHORS, Array<number>(READERS).fill(AUTHORS));
    const tokens = [...(await logInAll(`${url}/graphql`, world)).values()];
    const load = createLoad(url, tokens, world);
    await load.run(SECONDS, true);
    const found = { alone: noTimes(), beside: noTimes() };
    for (let round = 1; round <= ROUNDS; round++) {
      // In turn, so that neither is always the first one.
      for (const name of round % 2 ? (['alone', 'beside'] as const) : (['beside', 'alone'] as const)) {
        const times = await load.run(SECONDS, name === 'beside');
        addTo(found[name], times);
        say(`round ${round}, ${name}: p99 ${percentile(times.feeds, 0.99).toFixed(0)} ms`);
      }
    }
    await load.close();
    const p99 = ({ feeds }: Times) => percentile(feeds, 0.99);
    const growth = p99(found.beside) / p99(found.alone);
    const perSecond = (count: number) => Math.round(count / (ROUNDS * SECONDS));
    const row = (load: string, times: Times) => ({
      load,
      'p50 ms of feeds': median(times.feeds).toFixed(1),
      'p99 ms of feeds': p99(times).toFixed(1),
      'p99 to none': (p99(times) / p99(found.alone)).toFixed(2),
      'feeds refused': times.refusedFeeds,
      'logins answered/s': perSecond(times.loggedIn),
      'logins refused/s': perSecond(times.refused),
      's until a person is in, p50': times.people.length > 0 ? (median(times.people) / 1000).toFixed(1) : '–',
      's, longest': times.people.length > 0 ? (Math.max(...times.people) / 1000).toFixed(1) : '–',
    });
    return {
      question: `Home feeds while ${LOGINS_PER_SECOND} people a second log in`,
      goal: {
        wanted: `a p99 of at most ${WANTED_GROWTH} times that without logins, and no feed refused`,
        held: growth <= WANTED_GROWTH && found.beside.refusedFeeds === 0,
      },
      rows: [row('no logins', found.alone), row(`${LOGINS_PER_SECOND} logins/s`, found.beside)],
      notes: [
        `${ROUNDS} rounds of ${SECONDS} s each, in turn: ${FEEDS_PER_SECOND} feeds of 20 posts a second through the distributed platform, for ${READERS} readers. Each login is from an address of its own, with a name that does not exist, and is compared with a hash like any other. Clients and platform share the machine.`,
        `Every ${1 / PEOPLE_PER_SECOND} s, a person begins to log in with the right password, and tries again as often as they are told to.`,
      ],
    };
  } finally {
    await fixture.close();
  }
}

function addTo(sum: Times, more: Times): void {
  sum.feeds.push(...more.feeds);
  sum.people.push(...more.people);
  sum.refusedFeeds += more.refusedFeeds;
  sum.loggedIn += more.loggedIn;
  sum.refused += more.refused;
}
