import { afterAll, beforeAll, expect, test } from 'vitest';
import { importAccounts } from '../src/index.ts';
import { createPasswordHasher } from '../src/password/password.hasher.ts';
import { type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

// Whether there is an account with a name or an address cannot be told from how long an answer takes.

const TRIES = 500;
/**
 * How far the share of longer answers may be from one half. If both kinds of answers take equally long, the share has a
 * standard error of 0.018 for 500 answers of each (Mann and Whitney 1947), so that this is more than five of them.
 */
const TOLERANCE = 0.1;

let fixture: AccountFixture;
const known = Array.from({ length: TRIES }, (_, index) => `known${index}`);
const unknown = known.map((name) => name.replace('known', 'other'));
beforeAll(async () => {
  fixture = await startAccountFixture();
  const passwordHash = await createPasswordHasher().hash(PASSWORD);
  await importAccounts(
    fixture.environment,
    known.map((username) => ({ username, email: `${username}@example.org`, displayName: '', passwordHash })),
  );
});
afterAll(() => fixture?.close());

/** How often an answer about an account takes longer than one about none: the area under the ROC curve. */
async function shareOfLonger(ask: (name: string) => Promise<string[]>): Promise<number> {
  const times: { isKnown: boolean; ms: number }[] = [];
  const answers = new Set<string>();
  for (let index = 0; index < TRIES; index++) {
    // In turn, so that whatever else the machine does affects both.
    const pair = [known[index]!, unknown[index]!];
    for (const name of index % 2 === 0 ? pair : pair.reverse()) {
      const start = performance.now();
      answers.add((await ask(name)).join());
      times.push({ isKnown: name === known[index], ms: performance.now() - start });
    }
  }
  expect(answers.size).toBe(1);
  const ranked = times.sort((one, other) => one.ms - other.ms);
  const rankSum = ranked.reduce((sum, { isKnown }, index) => sum + (isKnown ? index + 1 : 0), 0);
  return (rankSum - (TRIES * (TRIES + 1)) / 2) / TRIES ** 2;
}

const ERRORS = 'errors { code }';
const codesOf = ({ errors }: { errors: { code: string }[] }) => errors.map(({ code }) => code);

test.each<[string, (name: string) => Promise<{ errors: { code: string }[] }>]>([
  ['a wrong password', (identifier) => fixture.mutate('logIn', { identifier, password: 'not this phrase' }, ERRORS)],
  ['a password reset', (name) => fixture.mutate('requestPasswordReset', { email: `${name}@example.org` }, ERRORS)],
])(
  'the time of %s does not reveal whether there is an account',
  async (_what, ask) => {
    const share = await shareOfLonger(async (name) => codesOf(await ask(name)));
    expect(Math.abs(share - 0.5)).toBeLessThan(TOLERANCE);
  },
  400_000,
);
