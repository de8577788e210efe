import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createEnvironment, createWorld, type Environment, eventually, type World } from '@tintype/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { importFollows } from '../src/index.ts';

const PEOPLE = 400;
const KILLS = 4;

let environment: Environment;
let world: World;
let child: ChildProcess | undefined;
beforeAll(async () => {
  environment = await createEnvironment();
  world = createWorld(environment);
});
afterAll(async () => {
  child?.kill('SIGKILL');
  await environment.close();
});

function start(): ChildProcess {
  const program = fileURLToPath(new URL('erasure.child.ts', import.meta.url));
  return spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program], {
    env: { PATH: process.env.PATH, ...environment.env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function count(text: string, values: unknown[] = []): Promise<number> {
  const { rows } = await environment.database.pool.query(`SELECT count(*)::int AS count FROM ${text}`, values);
  return rows[0].count;
}

test('A deleted account was erased. by the remaining workers if others are killed during the erasure', async () => {
  const { bus } = environment;
  const [gone, ...people] = (await world.register(PEOPLE + 1)) as [bigint, ...bigint[]];
  await importFollows(
    environment,
    people.flatMap((one) => [[one, gone] as const, [gone, one] as const]),
  );
  await importFollows(
    environment,
    people.slice(1).map((one) => [one, people[0]!] as const),
  );
  const relationships = () => count('social_graph.follow WHERE $1 IN (follower_id, followee_id)', [gone]);
  const ends = () => count(`social_graph.outbox WHERE type = 'tintype.social-graph.follow.deleted.v1'`);

  await world.deleteAccount(gone);
  let before = await relationships();
  expect(before).toBe(2 * PEOPLE);
  for (let kill = 0; kill < KILLS; kill++) {
    child = start();
    await eventually(async () => expect(await relationships()).toBeLessThan(before - 20), { everyMs: 5 });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    before = await relationships();
    expect(before).toBeGreaterThan(0);
    // Exactly the committed changes were published.
    expect(await ends()).toBe(2 * PEOPLE - before);
  }
  child = start();
  await eventually(async () => expect(await relationships()).toBe(0), { timeoutMs: 30_000 });
  await eventually(async () => {
    const info = await bus.jsm.consumers.info(bus.streamName('user'), 'social-graph__erasure');
    expect([info.num_pending, info.num_ack_pending]).toEqual([0, 0]);
  });
  expect(await ends()).toBe(2 * PEOPLE);
  expect(await count('social_graph.follower WHERE $1 IN (follower_id, followee_id)', [gone])).toBe(0);
  expect(
    await count(`social_graph.person p WHERE
      follower_count <> (SELECT count(*) FROM social_graph.follower f WHERE f.followee_id = p.user_id) OR
      following_count <> (SELECT count(*) FROM social_graph.follow f WHERE f.follower_id = p.user_id)`),
  ).toBe(0);
  expect(await count('social_graph.follow')).toBe(PEOPLE - 1);
}, 120_000);
