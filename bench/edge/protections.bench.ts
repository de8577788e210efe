import { FEED } from '#feed/query.ts';
import { median } from '#fixture/figures.ts';
import { openFixture, say } from '#fixture/fixture.ts';
import type { Result } from '#fixture/results.ts';
import { AT_ONCE, AUTHORS, makeReaders, READERS, startServers } from './servers.ts';

const ROUNDS = 9;
/** Feeds of each server in a round: seconds of CPU time, which is counted in ticks of 10 ms. */
const FEEDS = 400;
const WANTED = 1.1;

/** The CPU time of home feeds through the gateway, beside the same graph without any of its protections. */
export async function benchProtections(): Promise<Result> {
  const fixture = await openFixture();
  try {
    const tokens = await makeReaders(fixture);
    const servers = await startServers(fixture, {
      on: { entry: 'gateway/src/main.ts', env: {} },
      off: { entry: 'bench/edge/unprotected.process.ts', env: {} },
    });
    const measure = (name: 'on' | 'off') =>
      servers.cpuMsEach(name, FEEDS, async (index) => {
        const headers = { authorization: `Bearer ${tokens[index % tokens.length]}` };
        const { status, text } = await servers.ask(name, { headers, body: FEED });
        if (text.includes('"errors"') || !text.includes('"edges":[{'))
          throw new Error(`No feed: ${status} ${text.slice(0, 300)}`);
      });
    const found = { on: [] as number[], off: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      // In turn, so that neither is always the first one.
      for (const name of round % 2 ? (['on', 'off'] as const) : (['off', 'on'] as const)) {
        const cpuMs = await measure(name);
        // The first round warms up the compilers.
        if (round > 0) found[name].push(cpuMs);
      }
      say(`round ${round} of ${ROUNDS}`);
    }
    await servers.close();
    const growth = median(found.on.map((cpuMs, round) => cpuMs / found.off[round]!));
    const row = (name: 'on' | 'off') => ({
      protections: name,
      'CPU ms for a feed': median(found[name]).toFixed(2),
      'to off': name === 'on' ? growth.toFixed(2) : '1.00',
    });
    return {
      question: 'CPU time for a home feed of 20 posts with all protections of the gateway, and without any of them',
      goal: { wanted: `at most ${WANTED} times as much`, held: growth <= WANTED },
      rows: [row('on'), row('off')],
      notes: [
        `Medians of ${ROUNDS} rounds of ${FEEDS} feeds each over ${AT_ONCE} connections, in turn, and of the ratios of the rounds: CPU time of a process with the gateway and all subgraphs, of Postgres and of Redis together. ${READERS} readers who follow ${AUTHORS} authors.`,
        'Off: the same graph and subgraphs behind bare HTTP. Tokens are not verified, no session is checked, nothing is counted, analysed, bounded or refused, and responses have no headers for browsers.',
      ],
    };
  } finally {
    await fixture.close();
  }
}
