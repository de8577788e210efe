import { readdirSync, readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { expect, test } from 'vitest';
import { createPasswordHasher } from '../src/password/password.hasher.ts';

const PASSWORD = 'four unrelated words here';

test('compares passwords with their hashes, in whatever form they were typed', async () => {
  const { hash, matches, isOutdated } = createPasswordHasher();
  const composed = `${PASSWORD} \u00e9`;
  const passwordHash = await hash(composed);
  expect(await matches(composed.normalize('NFD'), passwordHash)).toBe(true);
  expect(await matches(PASSWORD, passwordHash)).toBe(false);
  expect(await matches(PASSWORD, null)).toBe(false);
  expect(isOutdated(passwordHash)).toBe(false);
  expect(isOutdated(passwordHash.replace('m=19456', 'm=4096'))).toBe(true);
});

test('goes on after a hash that it cannot read', async () => {
  const { hash, matches } = createPasswordHasher();
  await expect(matches(PASSWORD, 'no hash')).rejects.toThrow();
  expect(await matches(PASSWORD, await hash(PASSWORD))).toBe(true);
});

test('hashes one password after another, and refuses those for whom too many wait', async () => {
  const { hash } = createPasswordHasher({ waiting: 2 });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => hash(PASSWORD)));
  expect(outcomes.map(({ status }) => status)).toEqual([...Array(3).fill('fulfilled'), ...Array(2).fill('rejected')]);
  expect(outcomes.at(-1)).toMatchObject({ reason: { code: 'OVERLOADED' } });
});

test.runIf(process.platform === 'linux')('hashes with a lower priority than that of requests', async () => {
  await createPasswordHasher().hash(PASSWORD);
  const nice = readdirSync('/proc/self/task').map((id) => {
    const fields = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return Number(fields[16]);
  });
  expect(Math.max(...nice)).toBeGreaterThan(getPriority());
});
