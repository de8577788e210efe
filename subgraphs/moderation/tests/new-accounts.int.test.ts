import { firstId, globalId } from '@tintype/ids';
import { NEW_ACCOUNT_LIMITS } from '@tintype/policy';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ModerationFixture, openModeration } from './moderation.fixture.ts';

let fixture: ModerationFixture;
beforeAll(async () => {
  fixture = await openModeration({ env: { NEW_ACCOUNT_DAYS: '3' } });
});
afterAll(() => fixture?.close());

test('a new account sends up to 10 reports within 24 hours, and one that is three days old more', async () => {
  const targets = await fixture.world.register(NEW_ACCOUNT_LIMITS.reports + 2);
  const report = async (who: bigint, id: bigint) =>
    fixture.codes(who, 'reportUser', { userId: globalId('User', id), reason: 'SPAM' });
  const [young] = await fixture.world.register(1);
  const old = await fixture.world.registerAs({ id: firstId(Date.now() - 3 * 24 * 3600 * 1000 - 1000) });
  const refused: string[] = [];
  for (const id of targets) {
    refused.push(...(await report(young!, id)));
    expect(await report(old, id)).toEqual([]);
  }
  expect(refused).toEqual(['TOO_MANY_REPORTS', 'TOO_MANY_REPORTS']);
  // Repeating a report is no new one.
  expect(await report(young!, targets[0]!)).toEqual([]);
});
