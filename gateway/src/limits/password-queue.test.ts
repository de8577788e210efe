import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPasswordQueue } from './password-queue.ts';

/** A queue in which each attempt runs until it is told to end. */
function openQueue(bounds: { atOnce: number; waiting: number; waitMs?: number }) {
  const queue = createPasswordQueue({ waitMs: 60_000, ...bounds });
  const running: { name: string; end(): void }[] = [];
  const outcomes = new Map<string, string>();
  const attempt = (network: string, name = network) => {
    const ran = queue.run(
      network,
      1,
      () => new Promise<void>((resolve) => running.push({ name, end: () => resolve() })),
    );
    return ran.then(
      () => outcomes.set(name, 'ran'),
      (error) => outcomes.set(name, error.code),
    );
  };
  return {
    queue,
    attempt,
    outcomes,
    /** Ends the attempt that has run for the longest time. @returns its name */
    async endOne(): Promise<string> {
      const { name, end } = running.shift()!;
      end();
      await nextTurn();
      return name;
    },
    names: () => running.map(({ name }) => name),
  };
}

test('runs a few at once, and the others in order', async () => {
  const { attempt, endOne, names, outcomes } = openQueue({ atOnce: 2, waiting: 2 });
  const all = ['a', 'b', 'c', 'd'].map((network) => attempt(network));
  expect(names()).toEqual(['a', 'b']);
  expect(await endOne()).toBe('a');
  expect(names()).toEqual(['b', 'c']);
  for (const name of ['b', 'c', 'd']) expect(await endOne()).toBe(name);
  await Promise.all(all);
  expect([...outcomes.values()]).toEqual(['ran', 'ran', 'ran', 'ran']);
});

test('a network that floods the queue neither delays nor displaces others', async () => {
  const { attempt, endOne, names, outcomes } = openQueue({ atOnce: 1, waiting: 3 });
  const flood = Array.from({ length: 20 }, (_, n) => attempt('flood', `flood ${n}`));
  const person = attempt('person');
  expect(await endOne()).toBe('flood 0');
  expect(names()).toEqual(['person']);
  await endOne();
  await person;
  while (names().length > 0) await endOne();
  await Promise.all(flood);
  expect(outcomes.get('person')).toBe('ran');
  // One ran, three waited, and one of these made room.
  expect([...outcomes.values()].filter((outcome) => outcome === 'OVERLOADED')).toHaveLength(17);
});

test('attempts that were refused are not counted', async () => {
  const { attempt, endOne, names, outcomes } = openQueue({ atOnce: 1, waiting: 1 });
  const all = [attempt('one'), attempt('two')];
  for (let time = 0; time < 5; time++) await attempt('person', `refused ${time}`);
  await endOne();
  // Both have been here once.
  all.push(attempt('one', 'one again'), attempt('person'));
  await endOne();
  expect(names()).toEqual(['person']);
  await endOne();
  await Promise.all(all);
  expect(outcomes.get('one again')).toBe('OVERLOADED');
});

test('refuses who has waited too long, with a time to wait', async () => {
  const { queue, attempt, endOne } = openQueue({ atOnce: 1, waiting: 1, waitMs: 1 });
  const first = attempt('a');
  const refused = await queue.run('b', 1, async () => 'never').catch((error) => error);
  expect(refused).toMatchObject({ code: 'OVERLOADED', status: 503 });
  expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
  await endOne();
  await first;
});

test('gives a place back when an attempt fails', async () => {
  const { queue } = openQueue({ atOnce: 1, waiting: 0 });
  await expect(queue.run('a', 1, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
  expect(await queue.run('a', 1, async () => 'ran')).toBe('ran');
});
