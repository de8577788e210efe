import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { createClient, GraphError } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

const PASSWORD = 'a long enough phrase';

/** A device of an account, with its access token. */
type Device = { username: string; accessToken: string; refreshToken: string };

/** Everything that ends a session, after which its access token must be refused. */
const ENDINGS: Record<string, (device: Device) => Promise<unknown>> = {
  'a log-out': ({ accessToken }) => as(accessToken).request(operations.LogOutDocument, {}),
  'the deactivation of the account': ({ accessToken }) =>
    as(accessToken).request(operations.DeactivateAccountDocument, { password: PASSWORD }),
  'the deletion of the account': ({ accessToken }) =>
    as(accessToken).request(operations.DeleteAccountDocument, { password: PASSWORD }),
  'the reuse of a refresh token': async ({ refreshToken }) => {
    const refresh = (token: string) =>
      platform.client.request(operations.RefreshSessionDocument, { input: { refreshToken: token } });
    const { refreshSession } = await refresh(refreshToken);
    await refresh(refreshSession!.refreshToken!);
    expect((await refresh(refreshToken)).refreshSession!.errors).toHaveLength(1);
  },
};

let services: Services;
let platform: TestPlatform;
let made = 0;
const as = (token: string) => createClient(platform.endpoint, token);

async function register(): Promise<Device> {
  const username = `device.${++made}`;
  const input = { username, email: `${username}@mail.example`, password: PASSWORD };
  const { createAccount: payload } = await platform.client.request(operations.CreateAccountDocument, { input });
  expect(payload!.errors).toEqual([]);
  return { username, accessToken: payload!.accessToken!, refreshToken: payload!.refreshToken! };
}

/** The username of the token's owner, or the status and code of the refusal. */
async function asked({ accessToken }: Device): Promise<string> {
  try {
    return (await as(accessToken).request(operations.MeDocument, {})).me!.username;
  } catch (error) {
    if (error instanceof GraphError) return `${error.status} ${error.errors[0]?.extensions?.code}`;
    throw error;
  }
}

const REFUSED = '401 UNAUTHENTICATED';

describe.each(SHAPES)('%s, an access token is refused', (shape) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-ended-'));
  beforeAll(async () => {
    services = await startServices({ needs: ['redis'], dataDirectory, env: {}, report: () => undefined });
    platform = await startTestPlatform(shape, { REDIS_URL: services.env.REDIS_URL! });
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    await eventually(register, { timeoutMs: 60_000 });
  }, 300_000);
  afterAll(async () => {
    const pid = services?.handles.redis?.pid();
    if (pid) process.kill(pid, 'SIGCONT');
    else await services?.handles.redis?.restart();
    await platform?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(dataDirectory));
  });

  /** Ends a used session in each of these ways. @returns the ended sessions, and another one that continues */
  async function endAll(): Promise<{ ended: [string, Device][]; other: Device }> {
    const other = await register();
    expect(await asked(other)).toBe(other.username);
    const ended: [string, Device][] = [];
    for (const [name, end] of Object.entries(ENDINGS)) {
      const device = await register();
      expect(await asked(device), name).toBe(device.username);
      await end(device);
      ended.push([name, device]);
    }
    return { ended, other };
  }
  const statesOf = async (ended: [string, Device][]) =>
    Object.fromEntries(await Promise.all(ended.map(async ([name, device]) => [name, await asked(device)] as const)));
  const all = (state: string) => Object.fromEntries(Object.keys(ENDINGS).map((name) => [name, state]));

  test('at once after its session has ended', async () => {
    const { ended, other } = await endAll();
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect(await asked(other)).toBe(other.username);
  });

  test('also when Redis was emptied since', async () => {
    const { ended, other } = await endAll();
    await platform.environment.redis.client.flushAll();
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect(await asked(other)).toBe(other.username);
  });

  test('also when its session ends while Redis stands still, and after that', async () => {
    const redis = services.handles.redis!;
    const before = await register();
    process.kill(redis.pid()!, 'SIGSTOP');
    const { ended, other } = await endAll();
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect([await asked(other), await asked(before)]).toEqual([other.username, before.username]);
    process.kill(redis.pid()!, 'SIGCONT');
    await eventually(async () => expect(await platform.environment.redis.client.ping()).toBe('PONG'));
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect([await asked(other), await asked(before)]).toEqual([other.username, before.username]);
  });

  test('also when its session ends while Redis is gone, and when that is back, empty', async () => {
    const redis = services.handles.redis!;
    await redis.kill('SIGKILL');
    const { ended, other } = await endAll();
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect(await asked(other)).toBe(other.username);
    await redis.restart({ wipe: true });
    await eventually(async () => expect(await platform.environment.redis.client.ping()).toBe('PONG'));
    expect(await statesOf(ended)).toEqual(all(REFUSED));
    expect(await asked(other)).toBe(other.username);
  });
});
