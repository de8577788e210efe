import { expect, test } from 'vitest';
import { createEnvironment } from '../src/environment.ts';

test('gives each file its own stores', async () => {
  const [one, other] = await Promise.all([createEnvironment(), createEnvironment()]);
  try {
    await one.redis.client.set(one.redis.key('mine'), '1');
    expect(await other.redis.client.get(other.redis.key('mine'))).toBeNull();
    expect(one.databaseUrl).not.toBe(other.databaseUrl);
    expect(await one.database.prisma.account.count()).toBe(0);
  } finally {
    await Promise.all([one.close(), other.close()]);
  }
});
