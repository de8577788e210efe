import { mailFailure } from '@tintype/mail';
import { eventually } from '@tintype/testing';
import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_MAILS } from '../src/email/email-token.rules.ts';
import { type Account, type AccountFixture, NEW_PASSWORD, PASSWORD, startAccountFixture } from './account.fixture.ts';

const ERRORS = 'errors { code path }';

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const resetTokenOf = async (email: string) => {
  await fixture.mutate('requestPasswordReset', { email }, ERRORS);
  return (await fixture.mailbox.received(email, /Reset/)).token;
};
const reset = (token: string | null, newPassword: string) =>
  fixture.mutate('resetPassword', { token, newPassword }, ERRORS);
const isLive = async (sessionId: string) => {
  const query = `{ liveSessions(sessionIds: ["${sessionId}"]) { sessionId } }`;
  const { liveSessions } = await fixture.graph.askAs<{ liveSessions: object[] }>('gateway', 'user', null, query);
  return liveSessions.length > 0;
};
async function enableTwoFactor({ viewer }: Account): Promise<TOTP> {
  const { secret } = await fixture.mutate<{ secret: string }>(
    'startTwoFactorSetup',
    { password: PASSWORD },
    `secret ${ERRORS}`,
    viewer,
  );
  const totp = new TOTP({ secret: Secret.fromBase32(secret) });
  const { errors } = await fixture.mutate('enableTwoFactor', { code: totp.generate() }, ERRORS, viewer);
  expect(errors).toEqual([]);
  return totp;
}

describe('a thief who began to change the address', () => {
  /** The link that the thief has. */
  const begin = async ({ viewer, username }: Account) => {
    const email = `thief.of.${username}@example.com`;
    await fixture.mutate('changeEmail', { email, password: PASSWORD }, ERRORS, viewer);
    return (await fixture.mailbox.received(email, /Verify/)).token;
  };
  const recoveries: Record<string, (account: Account) => Promise<unknown>> = {
    'resets the password': async ({ email }) => reset(await resetTokenOf(email), NEW_PASSWORD),
    'changes the password': ({ viewer }) =>
      fixture.mutate('changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }, ERRORS, viewer),
    'sets up a second factor': enableTwoFactor,
  };

  test.each(Object.keys(recoveries))('cannot go on when the owner %s', async (name) => {
    const account = await fixture.registerVerified();
    const token = await begin(account);
    await fixture.mailbox.received(account.email, /about to change/);
    await recoveries[name]!(account);
    const { errors } = await fixture.mutate('verifyEmail', { token }, ERRORS);
    expect(errors).toMatchObject([{ code: 'TOKEN_INVALID' }]);
  });
});

test('an old link does not tell which address an account is to get', async () => {
  const account = await fixture.registerVerified();
  const { token } = await fixture.mailbox.received(account.email, /Verify/);
  const input = { email: `secret.${account.email}`, password: PASSWORD };
  await fixture.mutate('changeEmail', input, ERRORS, account.viewer);
  const fields = `emailAddress { address pendingAddress } ${ERRORS}`;
  const answer = await fixture.mutate('verifyEmail', { token }, fields);
  expect(answer).toEqual({ emailAddress: { address: account.email, pendingAddress: null }, errors: [] });
});

test('nobody who registered with the address of another person can lock the person out', async () => {
  const account = await fixture.register();
  const start = () =>
    fixture.mutate<{ secret: string | null }>(
      'startTwoFactorSetup',
      { password: PASSWORD },
      `secret ${ERRORS}`,
      account.viewer,
    );
  expect(await start()).toMatchObject({ secret: null, errors: [{ code: 'EMAIL_UNVERIFIED' }] });
  const { token } = await fixture.mailbox.received(account.email, /Verify/);
  await fixture.mutate('verifyEmail', { token }, ERRORS);
  expect(await start()).toMatchObject({ secret: expect.any(String), errors: [] });
});

test('a change of address that is sent again is one change to its owner', async () => {
  const account = await fixture.registerVerified();
  const change = (email: string) =>
    fixture.mutate('changeEmail', { email, password: PASSWORD }, ERRORS, account.viewer);
  for (const email of [`first.${account.email}`, `first.${account.email}`, `second.${account.email}`]) {
    expect((await change(email)).errors).toEqual([]);
  }
  await eventually(async () => {
    const waiting = await fixture.environment.database.pool.query(
      'SELECT 1 FROM "user".account_mail WHERE user_id = $1',
      [account.viewer.userId],
    );
    expect(waiting.rowCount).toBe(0);
  });
  const notices = (await fixture.mailbox.to(account.email)).filter(({ subject }) => /about to change/.test(subject));
  expect(notices).toHaveLength(2);
});

test('an address that grows when its unique form is made is refused', async () => {
  const email = `${'\ufdfa'.repeat(40)}@example.org`;
  await expect(fixture.register({ email })).rejects.toThrow('EMAIL_INVALID');
  const { errors } = await fixture.mutate('requestPasswordReset', { email }, ERRORS);
  expect(errors).toMatchObject([{ code: 'EMAIL_INVALID' }]);
});

describe('codes of a second factor', () => {
  const challengeOf = async ({ username }: Account, password: string, network: string) => {
    type Payload = { challenge: { token: string } | null };
    const input = { identifier: username, password };
    return (await fixture.mutate<Payload>('logIn', input, `challenge { token } ${ERRORS}`, null, { network }))
      .challenge;
  };
  const guess = async (account: Account, password: string, count: number) => {
    const codes: string[] = [];
    for (let number = 0; number < count; number++) {
      const network = `2001:db8:${number}::/64`;
      const challenge = (await challengeOf(account, password, network))!.token;
      const input = { challenge, code: String(number).padStart(6, '0') };
      const { errors } = await fixture.mutate('completeLogIn', input, ERRORS, null, { network });
      codes.push(errors[0]?.code ?? 'RIGHT');
    }
    return codes.filter((code) => code === 'CODE_WRONG').length;
  };

  test('are counted together, however many networks try them, and a new password does not change that', async () => {
    const account = await fixture.registerVerified();
    await enableTwoFactor(account);
    expect(await guess(account, PASSWORD, 12)).toBe(5);
    expect((await reset(await resetTokenOf(account.email), NEW_PASSWORD)).errors).toEqual([]);
    expect(await guess(account, NEW_PASSWORD, 4)).toBe(0);
  });

  test('are needed by every session that is opened when the second factor is there', async () => {
    for (let round = 0; round < 6; round++) {
      const account = await fixture.registerVerified();
      const logins = [1, 2, 3].map(() => fixture.logIn(account.username, PASSWORD));
      await enableTwoFactor(account);
      logins.push(fixture.logIn(account.username, PASSWORD));
      for (const opened of await Promise.all(logins)) {
        expect(opened !== null && (await isLive(opened.sessionId))).toBe(false);
      }
      expect(await isLive(account.viewer.sessionId)).toBe(true);
    }
  });

  test('belong to the secret that was shown last', async () => {
    const account = await fixture.registerVerified();
    const start = () =>
      fixture.mutate<{ secret: string }>(
        'startTwoFactorSetup',
        { password: PASSWORD },
        `secret ${ERRORS}`,
        account.viewer,
      );
    let isEnabled = false;
    for (let round = 0; round < 8 && !isEnabled; round++) {
      const { secret } = await start();
      const code = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
      const [enabled, again] = await Promise.all([
        fixture.mutate('enableTwoFactor', { code }, ERRORS, account.viewer),
        start(),
      ]);
      isEnabled = enabled.errors.length === 0;
      expect(again.secret === null).toBe(isEnabled);
    }
    expect(isEnabled).toBe(true);
  });
});

test('a mail that is sent again has the same link, and counts once', async () => {
  const away = await startAccountFixture({ MAIL_DIRECTORY: '', MAIL_URL: 'smtp://127.0.0.1:1' });
  const { pool } = away.environment.database;
  const { viewer } = await away.register();
  for (let attempt = 1; attempt <= 8; attempt++) {
    await pool.query('UPDATE "user".account_mail SET due_at = now()');
    await eventually(async () => {
      const { rows } = await pool.query('SELECT 1 FROM "user".account_mail WHERE due_at <= now() + interval \'5 s\'');
      expect(rows).toEqual([]);
    });
  }
  const { rows } = await pool.query('SELECT 1 FROM "user".email_token WHERE user_id = $1', [viewer.userId]);
  expect(rows).toHaveLength(1);
  const waiting = await pool.query('SELECT attempts FROM "user".account_mail WHERE user_id = $1', [viewer.userId]);
  expect(waiting.rows).toHaveLength(1);
  await away.close();
}, 120_000);

test('strangers cannot use up the mails that the owner may ask for', async () => {
  const account = await fixture.register();
  await fixture.mailbox.received(account.email, /Verify/);
  for (let count = 0; count < 8; count++)
    await fixture.mutate('requestPasswordReset', { email: account.email }, ERRORS);
  const { pool } = fixture.environment.database;
  await expect
    .poll(
      async () => (await pool.query('SELECT 1 FROM "user".account_mail WHERE email = $1', [account.email])).rowCount,
    )
    .toBe(0);
  expect((await fixture.mailbox.to(account.email)).length).toBeLessThanOrEqual(MAX_MAILS.forStrangers);
  const resend = await fixture.mutate('resendVerificationMail', null, `sent ${ERRORS}`, account.viewer);
  expect(resend).toEqual({ sent: true, errors: [] });
});

test('going back and forth between two names counts', async () => {
  const { viewer, username } = await fixture.register();
  const change = async (name: string) =>
    (await fixture.mutate('changeUsername', { username: name }, ERRORS, viewer)).errors[0]?.code ?? null;
  expect([await change('forth.1'), await change(username), await change('forth.1')]).toEqual([
    null,
    null,
    'TOO_MANY_CHANGES',
  ]);
});

test('the log does not contain the addresses of mails that are refused', () => {
  const error = Object.assign(new Error('550 5.1.1 <some.person@example.org>: unknown'), { responseCode: 550 });
  expect(mailFailure(error)).toEqual({ kind: 'refused', reason: '550 5.1.1 <address>: unknown' });
});
