import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseGlobalId } from '@tintype/ids';
import { removeServiceFiles, type Services, servicePathsOf, startServices } from '@tintype/local';
import { createClient, GraphError } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { createAuthenticator, eventually, startTcpProxyTo, type TcpProxy, through } from '@tintype/testing';
import { decodeJwt } from 'jose';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addLinkedIdentity } from './platform/linked-identities.ts';
import { addPasskey, ORIGIN } from './platform/passkeys.ts';
import { PASSWORD, type Person, register } from './platform/people.ts';
import { SHAPES, startTestPlatform, type TestPlatform } from './platform/platform.ts';

const NEW_PASSWORD = 'quite another long phrase';

/** A device on which somebody is logged in, with its access token. `owner` is the same person on another device. */
type Device = { username: string; accessToken: string; refreshToken: string; owner: Person };

/** How a session ends, after which its access token must be refused. By default, a password has opened it. */
type Ending = { open?: () => Promise<Device>; end: (device: Device) => Promise<unknown> };

/** Everything that ends a session. */
const ENDINGS: Record<string, Ending> = {
  'a log-out': { end: ({ accessToken }) => as(accessToken).request(operations.LogOutDocument, {}) },
  'its end in the list of sessions': {
    async end({ accessToken, owner }) {
      const sessionId = `Session_${decodeJwt(accessToken).sid}`;
      const { endSession } = await owner.client.request(operations.EndSessionDocument, { input: { sessionId } });
      expect(endSession).toEqual({ ended: true });
    },
  },
  'the end of all other sessions': {
    end: ({ owner }) => owner.client.request(operations.EndOtherSessionsDocument, {}),
  },
  'a change of the password': {
    end: ({ owner }) =>
      owner.client.request(operations.ChangePasswordDocument, {
        input: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      }),
  },
  'a second factor': {
    async end({ owner }) {
      const input = { password: PASSWORD };
      const { startTwoFactorSetup } = await owner.client.request(operations.StartTwoFactorSetupDocument, { input });
      const code = new TOTP({ secret: Secret.fromBase32(startTwoFactorSetup!.secret!) }).generate();
      await owner.client.request(operations.EnableTwoFactorDocument, { input: { code } });
    },
  },
  'the deletion of its passkey': {
    async open() {
      const owner = await register(platform.client);
      const authenticator = createAuthenticator(ORIGIN);
      await addPasskey(owner, authenticator);
      const { startPasskeyLogIn } = await platform.client.request(operations.StartPasskeyLogInDocument, {});
      const credential = authenticator.get(startPasskeyLogIn!.options!);
      const { logInWithPasskey } = await platform.client.request(operations.LogInWithPasskeyDocument, {
        input: { credential },
      });
      return deviceOf(owner, logInWithPasskey!);
    },
    async end({ owner }) {
      const { passkeys } = await owner.client.request(operations.PasskeysDocument, {});
      const input = { passkeyId: passkeys![0]!.id, password: PASSWORD };
      await owner.client.request(operations.DeletePasskeyDocument, { input });
    },
  },
  'the removal of its linked identity': {
    async open() {
      const device = await logIn();
      const id = parseGlobalId('LinkedIdentity', await addLinkedIdentity(platform, device.owner));
      const text = 'UPDATE "user".session SET linked_identity_id = $1 WHERE id = $2';
      await platform.environment.database.pool.query(text, [id, decodeJwt(device.accessToken).sid]);
      return device;
    },
    async end({ owner }) {
      const { linkedIdentities } = await owner.client.request(operations.LinkedIdentitiesDocument, {});
      const input = { linkedIdentityId: linkedIdentities![0]!.id, password: PASSWORD };
      await owner.client.request(operations.UnlinkIdentityDocument, { input });
    },
  },
  'the deactivation of the account': {
    end: ({ accessToken }) => as(accessToken).request(operations.DeactivateAccountDocument, { password: PASSWORD }),
  },
  'the deletion of the account': {
    end: ({ accessToken }) => as(accessToken).request(operations.DeleteAccountDocument, { password: PASSWORD }),
  },
  'the reuse of a refresh token': {
    async end({ refreshToken }) {
      const refresh = (token: string) =>
        platform.client.request(operations.RefreshSessionDocument, { input: { refreshToken: token } });
      const { refreshSession } = await refresh(refreshToken);
      await refresh(refreshSession!.refreshToken!);
      expect((await refresh(refreshToken)).refreshSession!.errors).toHaveLength(1);
    },
  },
};

let services: Services;
let proxy: TcpProxy;
let platform: TestPlatform;
/** The marks that Redis does not get: those from before the end of a session is committed, or those from after it. */
let lost: 'announcements' | 'ends' | null = null;
const as = (token: string) => createClient(platform.endpoint, token);

type Opened = { accessToken?: string | null; refreshToken?: string | null; errors: object[] };

function deviceOf(owner: Person, { accessToken, refreshToken, errors }: Opened): Device {
  expect(errors).toEqual([]);
  return { username: owner.username, accessToken: accessToken!, refreshToken: refreshToken!, owner };
}

/** Somebody new, on two devices. */
async function logIn(): Promise<Device> {
  const owner = await register(platform.client);
  const input = { identifier: owner.username, password: PASSWORD };
  return deviceOf(owner, (await platform.client.request(operations.LogInDocument, { input })).logIn!);
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

/**
 * Gives the commands that are to be lost another key of the same length. For Redis and the gateway, this is as if the
 * process had never sent them.
 */
function loseMarks(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  if (lost === 'announcements')
    return Buffer.from(text.replaceAll(/(SET\r\n\$\d+\r\n[^\r]*:session:)suspended:/g, '$1forgotten:'), 'latin1');
  if (lost === 'ends') {
    const withoutEnds = text
      .replaceAll(/(SET\r\n\$\d+\r\n[^\r]*:session:)revoked:/g, '$1unknown:')
      .replaceAll(/(DEL\r\n\$\d+\r\n[^\r]*:session:)live:/g, '$1lost:');
    return Buffer.from(withoutEnds, 'latin1');
  }
  return bytes;
}

const REFUSED = '401 UNAUTHENTICATED';

describe.each(SHAPES)('%s, an access token is refused', (shape) => {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'tintype-ended-'));
  beforeAll(async () => {
    services = await startServices({ needs: ['redis'], dataDirectory, env: {}, report: () => undefined });
    proxy = await startTcpProxyTo(services.env.REDIS_URL!, loseMarks);
    platform = await startTestPlatform(shape, { REDIS_URL: through(proxy, services.env.REDIS_URL!) });
    // All workers start at this time. On a busy machine, no other request gets a connection until they have.
    await eventually(logIn, { timeoutMs: 60_000 });
  }, 300_000);
  afterAll(async () => {
    const pid = services?.handles.redis?.pid();
    if (pid) process.kill(pid, 'SIGCONT');
    else await services?.handles.redis?.restart();
    await platform?.close();
    await proxy?.close();
    await services?.stop();
    await removeServiceFiles(servicePathsOf(dataDirectory));
  });

  type Sessions = { ending: [string, Device][]; other: Device };

  /** Sessions that have been used, one for each ending, and another one that continues. */
  async function openAll(): Promise<Sessions> {
    const ending: [string, Device][] = [];
    for (const [name, { open = logIn }] of Object.entries(ENDINGS)) ending.push([name, await open()]);
    const other = await logIn();
    for (const device of [...ending.map(([, one]) => one), other]) expect(await asked(device)).toBe(device.username);
    return { ending, other };
  }
  async function endAll({ ending }: Sessions): Promise<void> {
    for (const [name, device] of ending) await ENDINGS[name]!.end(device);
  }
  async function expectRefused({ ending, other }: Sessions): Promise<void> {
    const states = await Promise.all(ending.map(async ([name, device]) => [name, await asked(device)] as const));
    expect(Object.fromEntries(states)).toEqual(Object.fromEntries(Object.keys(ENDINGS).map((name) => [name, REFUSED])));
    expect(await asked(other)).toBe(other.username);
  }
  const redisIsBack = () => eventually(async () => expect(await platform.environment.redis.client.ping()).toBe('PONG'));

  test('at once after its session has ended', async () => {
    const sessions = await openAll();
    await endAll(sessions);
    await expectRefused(sessions);
  });

  test('also when Redis was emptied since', async () => {
    const sessions = await openAll();
    await endAll(sessions);
    await platform.environment.redis.client.flushAll();
    await expectRefused(sessions);
  });

  test.each([
    ['the process that ended the session ends before it has told Redis', 'ends'],
    ['Redis did not get the mark that the session is about to end', 'announcements'],
  ] as const)('also when %s', async (_, marks) => {
    const sessions = await openAll();
    lost = marks;
    try {
      await endAll(sessions);
      await expectRefused(sessions);
    } finally {
      lost = null;
    }
  });

  // The gateway remembers whom it has refused. So there are sessions that are asked about only when Redis is back.
  test('also when its session ends while Redis stands still, and after that', async () => {
    const redis = services.handles.redis!;
    const [sessions, askedLater] = [await openAll(), await openAll()];
    process.kill(redis.pid()!, 'SIGSTOP');
    await endAll(sessions);
    await endAll(askedLater);
    await expectRefused(sessions);
    process.kill(redis.pid()!, 'SIGCONT');
    await redisIsBack();
    await expectRefused(askedLater);
  });

  test('also when its session ends while Redis is gone, and when that is back, empty', async () => {
    const redis = services.handles.redis!;
    const [sessions, askedLater] = [await openAll(), await openAll()];
    await redis.kill('SIGKILL');
    await endAll(sessions);
    await endAll(askedLater);
    await expectRefused(sessions);
    await redis.restart({ wipe: true });
    await redisIsBack();
    await expectRefused(askedLater);
  });
});
