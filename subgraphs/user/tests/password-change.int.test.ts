import { hash } from '@node-rs/argon2';
import { transaction } from '@tintype/postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addEmailToken, takeEmailToken } from '../src/email/email-token.repository.ts';
import { MAX_MAILS } from '../src/email/email-token.rules.ts';
import { type Account, type AccountFixture, NEW_PASSWORD, PASSWORD, startAccountFixture } from './account.fixture.ts';

const ERRORS = 'errors { code path }';

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const change = (account: Account, currentPassword: string, newPassword: string) =>
  fixture.mutate('changePassword', { currentPassword, newPassword }, `changed ${ERRORS}`, account.viewer);
const reset = (token: string | null, newPassword: string) =>
  fixture.mutate('resetPassword', { token, newPassword }, `reset ${ERRORS}`);
const requestReset = (email: string) => fixture.mutate('requestPasswordReset', { email }, `requested ${ERRORS}`);
const resetTokenOf = async ({ email }: Account) => (await fixture.mailbox.received(email, /Reset/)).token;
const isLive = async (sessionId: string) => {
  const query = `{ liveSessions(sessionIds: ["${sessionId}"]) { sessionId } }`;
  const { liveSessions } = await fixture.graph.askAs<{ liveSessions: object[] }>('gateway', 'user', null, query);
  return liveSessions.length > 0;
};
/** The mails that an account got so far, once none waits to be sent. */
const mailsOf = async ({ email, viewer }: Account, subject: RegExp) => {
  const text = 'SELECT 1 FROM "user".account_mail WHERE user_id = $1';
  const waiting = () => fixture.environment.database.pool.query(text, [viewer.userId]);
  await expect.poll(async () => (await waiting()).rowCount).toBe(0);
  return (await fixture.mailbox.to(email)).filter((mail) => subject.test(mail.subject));
};

describe('a change of the password', () => {
  test('needs the present one, and a good new one', async () => {
    const account = await fixture.register();
    expect(await change(account, 'a wrong password', NEW_PASSWORD)).toEqual({
      changed: false,
      errors: [{ code: 'PASSWORD_WRONG', path: ['input', 'currentPassword'] }],
    });
    for (const weak of ['short', 'password1234', `${account.username}!!!`, 'x'.repeat(129)]) {
      expect(await change(account, PASSWORD, weak), weak).toEqual({
        changed: false,
        errors: [{ code: 'PASSWORD_WEAK', path: ['input', 'newPassword'] }],
      });
    }
    expect(await fixture.logIn(account.username, PASSWORD)).not.toBeNull();
  });

  test('ends all other sessions and keeps this one, and the owner gets a notice', async () => {
    const account = await fixture.registerVerified();
    const other = (await fixture.logIn(account.username, PASSWORD))!;
    expect(await change(account, PASSWORD, NEW_PASSWORD)).toEqual({ changed: true, errors: [] });
    expect(await isLive(account.viewer.sessionId)).toBe(true);
    expect(await isLive(other.sessionId)).toBe(false);
    expect(await fixture.logIn(account.username, PASSWORD)).toBeNull();
    expect(await fixture.logIn(account.username, NEW_PASSWORD)).not.toBeNull();
    await fixture.mailbox.received(account.email, /password was changed/);
  });

  test('happens once if several are made at the same time', async () => {
    const account = await fixture.register();
    const wanted = ['one more long phrase', 'another quite long phrase', 'some third long phrase'];
    const outcomes = await Promise.all(wanted.map((one) => change(account, PASSWORD, one)));
    const changed = wanted.filter((_, index) => outcomes[index]!.errors.length === 0);
    expect(changed).toHaveLength(1);
    expect(await fixture.logIn(account.username, changed[0]!)).not.toBeNull();
  });

  test('leaves no session that was opened with the old password meanwhile', async () => {
    for (let round = 0; round < 8; round++) {
      const account = await fixture.register();
      const logins = [1, 2, 3].map(() => fixture.logIn(account.username, PASSWORD));
      await change(account, PASSWORD, NEW_PASSWORD);
      for (const opened of await Promise.all(logins)) {
        expect(opened !== null && (await isLive(opened.sessionId))).toBe(false);
      }
    }
  });
});

describe('a reset of the password', () => {
  test('works once with the link from the mail, and ends all sessions', async () => {
    const account = await fixture.registerVerified();
    expect(await requestReset(account.email.toUpperCase())).toEqual({ requested: true, errors: [] });
    const mail = await fixture.mailbox.received(account.email, /Reset/);
    expect(mail.link).toMatch(/^https:\/\/tintype\.example\/reset-password#token=[\w-]{43}&username=\w+$/);
    expect(await reset(mail.token, 'short')).toMatchObject({ errors: [{ code: 'PASSWORD_WEAK' }] });
    expect(await reset(mail.token, NEW_PASSWORD)).toEqual({ reset: true, errors: [] });
    expect(await isLive(account.viewer.sessionId)).toBe(false);
    expect(await fixture.logIn(account.username, NEW_PASSWORD)).not.toBeNull();
    const invalid = { reset: false, errors: [{ code: 'TOKEN_INVALID', path: ['input', 'token'] }] };
    expect(await reset(mail.token, 'some third long phrase')).toEqual(invalid);
    await fixture.mailbox.received(account.email, /password was changed/);
  });

  test('can be made once with many links at the same time', async () => {
    const account = await fixture.registerVerified();
    await requestReset(account.email);
    await requestReset(account.email);
    await expect
      .poll(async () => (await fixture.mailbox.to(account.email)).filter(({ subject }) => /Reset/.test(subject)).length)
      .toBe(2);
    const mails = (await fixture.mailbox.to(account.email)).filter(({ subject }) => /Reset/.test(subject));
    const uses = [...mails, ...mails].map(({ token }) => reset(token, NEW_PASSWORD));
    const done = (await Promise.all(uses)).filter(({ errors }) => errors.length === 0);
    expect(done).toHaveLength(1);
  });

  test('cannot use a link in a transaction that began before the link was used', async () => {
    const { pool } = fixture.environment.database;
    const account = await fixture.register();
    const link = { hash: new Uint8Array(32).fill(7), purpose: 'RESET_PASSWORD' } as const;
    const early = await pool.connect();
    try {
      await transaction(pool, (tx) =>
        addEmailToken(tx, { ...link, userId: account.viewer.userId, email: account.email }),
      );
      await early.query('BEGIN');
      await early.query('SELECT now()');
      expect(await takeEmailToken(pool, link.hash, link.purpose)).toBe(true);
      expect(await takeEmailToken(early, link.hash, link.purpose)).toBe(false);
      await early.query('ROLLBACK');
    } finally {
      early.release();
    }
  });

  test('is refused after 30 minutes, and with a token for something else', async () => {
    const account = await fixture.registerVerified();
    await requestReset(account.email);
    const token = await resetTokenOf(account);
    const { pool } = fixture.environment.database;
    const text = `UPDATE "user".email_token SET expires_at = expires_at - interval '30 minutes' WHERE user_id = $1`;
    await pool.query(text, [account.viewer.userId]);
    expect(await reset(token, NEW_PASSWORD)).toMatchObject({ errors: [{ code: 'TOKEN_INVALID' }] });
    const fresh = await fixture.register();
    const { token: verification } = await fixture.mailbox.received(fresh.email, /Verify/);
    expect(await reset(verification, NEW_PASSWORD)).toMatchObject({ errors: [{ code: 'TOKEN_INVALID' }] });
    expect(await fixture.mutate('verifyEmail', { token }, ERRORS)).toMatchObject({
      errors: [{ code: 'TOKEN_INVALID' }],
    });
  });

  test('is answered alike whether or not there is an account, with the same statements', async () => {
    const account = await fixture.registerVerified();
    const { statements } = fixture.environment;
    const sentFor = async (email: string) => {
      const before = statements.length;
      const answer = await requestReset(email);
      return { answer, sent: statements.slice(before).filter((text) => text.includes('account_mail (id')) };
    };
    const [known, unknown] = [await sentFor(account.email), await sentFor('nobody@example.org')];
    expect(unknown).toEqual(known);
    expect(unknown.answer).toEqual({ requested: true, errors: [] });
    await resetTokenOf(account);
    expect(await fixture.mailbox.to('nobody@example.org')).toEqual([]);
  });

  test('sends a limited number of mails', async () => {
    const account = await fixture.registerVerified();
    for (let count = 0; count < MAX_MAILS.forStrangers + 3; count++) await requestReset(account.email);
    const waiting = async () => {
      const { pool } = fixture.environment.database;
      return (await pool.query(`SELECT 1 FROM "user".account_mail WHERE email = $1`, [account.email])).rowCount;
    };
    await expect.poll(waiting).toBe(0);
    const resets = (await fixture.mailbox.to(account.email)).filter(({ subject }) => /Reset/.test(subject));
    expect(resets.length).toBeLessThanOrEqual(MAX_MAILS.forStrangers);
    expect(resets.length).toBeGreaterThan(0);
  });

  test('lets the owner in after an attacker made logins wait', async () => {
    const account = await fixture.registerVerified();
    for (let count = 0; count < 6; count++) await fixture.logIn(account.username, `wrong password ${count}`);
    expect(await fixture.logIn(account.username, PASSWORD)).toBeNull();
    await requestReset(account.email);
    await reset(await resetTokenOf(account), NEW_PASSWORD);
    expect(await fixture.logIn(account.username, NEW_PASSWORD)).not.toBeNull();
  });

  test('of a deactivated account works, and does not show the account', async () => {
    const account = await fixture.registerVerified();
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, ERRORS, account.viewer);
    await requestReset(account.email);
    expect(await reset(await resetTokenOf(account), NEW_PASSWORD)).toEqual({ reset: true, errors: [] });
    const { user } = await fixture.query<{ user: unknown }>(`{ user(username: "${account.username}") { id } }`, null);
    expect(user).toBeNull();
  });

  test('of a deleted account is impossible, with links from before, too', async () => {
    const account = await fixture.registerVerified();
    await requestReset(account.email);
    const token = await resetTokenOf(account);
    await fixture.mutate('deleteAccount', { password: PASSWORD }, ERRORS, account.viewer);
    expect(await reset(token, NEW_PASSWORD)).toMatchObject({ errors: [{ code: 'TOKEN_INVALID' }] });
  });
});

/** Nothing can add a notice of this kind, as if the process always ended before. */
const without = async (kind: string, work: () => Promise<unknown>) => {
  const { pool } = fixture.environment.database;
  await pool.query(`ALTER TABLE "user".account_mail ADD CONSTRAINT lost CHECK (kind <> '${kind}') NOT VALID`);
  await work().finally(() => pool.query('ALTER TABLE "user".account_mail DROP CONSTRAINT lost'));
};
const tryWrong = async (account: Account, times: number, name: 'username' | 'email' = 'username') => {
  for (let count = 0; count < times; count++) {
    await fixture.logIn(account[name], `wrong password ${count}`).catch(() => undefined);
    const text = `UPDATE "user".password_attempt SET free_at = now() WHERE user_id = $1`;
    await fixture.environment.database.pool.query(text, [account.viewer.userId]);
  }
};

test.each(['username', 'email'] as const)(
  'the owner gets one notice of many wrong passwords for the %s',
  async (name) => {
    const account = await fixture.registerVerified();
    await tryWrong(account, 9, name);
    expect(await mailsOf(account, /Many wrong passwords/)).toHaveLength(0);
    await tryWrong(account, 3, name);
    expect(await mailsOf(account, /Many wrong passwords/)).toHaveLength(1);
    expect(await fixture.logIn(account[name], PASSWORD)).not.toBeNull();
    await tryWrong(account, 10, name);
    expect(await mailsOf(account, /Many wrong passwords/)).toHaveLength(2);
  },
);

test('the owner gets the notice of wrong passwords later if the process ends before it is written', async () => {
  const account = await fixture.registerVerified();
  await without('WRONG_PASSWORDS', () => tryWrong(account, 11));
  expect(await mailsOf(account, /Many wrong passwords/)).toHaveLength(0);
  await tryWrong(account, 2);
  expect(await mailsOf(account, /Many wrong passwords/)).toHaveLength(1);
});

test('a device is new until the notice of it is written', async () => {
  const account = await fixture.registerVerified();
  const logIn = () => fixture.logIn(account.username, PASSWORD, { device: 'Firefox on Linux', network: '192.0.2.1' });
  await without('NEW_DEVICE', () => expect(logIn()).rejects.toThrow());
  expect(await mailsOf(account, /New login/)).toHaveLength(0);
  for (let count = 0; count < 2; count++) expect(await logIn()).not.toBeNull();
  expect(await mailsOf(account, /New login/)).toHaveLength(1);
});

describe('a password whose hash has old parameters', () => {
  const outdated = async ({ viewer }: Account) => {
    const old = await hash(PASSWORD, { memoryCost: 8 * 1024, timeCost: 1, parallelism: 1 });
    const text = 'UPDATE "user".credential SET password_hash = $2 WHERE user_id = $1';
    await fixture.environment.database.pool.query(text, [viewer.userId, old]);
    return old;
  };
  const storedOf = async ({ viewer }: Account) => {
    const text = 'SELECT password_hash AS hash FROM "user".credential WHERE user_id = $1';
    return (await fixture.environment.database.pool.query<{ hash: string }>(text, [viewer.userId])).rows[0]!.hash;
  };

  test('is hashed again at the next login', async () => {
    const account = await fixture.register();
    const old = await outdated(account);
    expect(await fixture.logIn(account.username, 'a wrong password')).toBeNull();
    expect(await storedOf(account)).toBe(old);
    expect(await fixture.logIn(account.username, PASSWORD)).not.toBeNull();
    expect(await storedOf(account)).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await fixture.logIn(account.username, PASSWORD)).not.toBeNull();
  });

  test('is right for several logins at once', async () => {
    const account = await fixture.register();
    await outdated(account);
    const opened = await Promise.all([1, 2, 3, 4].map(() => fixture.logIn(account.username, PASSWORD)));
    expect(opened).not.toContain(null);
  });
});

describe('a thief who logged in with the former password', () => {
  const home = { device: 'Firefox on Linux', network: '198.51.100.1' };
  const away = { device: 'Chrome on Windows', network: '203.0.113.9' };
  const known = async ({ viewer }: Account) => {
    const text = `SELECT (SELECT count(*)::int FROM "user".known_device WHERE user_id = $1) AS devices,
      (SELECT count(*)::int FROM "user".known_network WHERE user_id = $1) AS networks`;
    return (await fixture.environment.database.pool.query(text, [viewer.userId])).rows[0];
  };
  /** The devices that the owner got a notice of. */
  const newDevices = async (account: Account) =>
    (await mailsOf(account, /New login/))
      .map(({ text }) => [home, away].find(({ device }) => text.includes(device))?.device)
      .sort();
  /** An account to which its owner and a thief have logged in. `viewer` is the owner at home. */
  const stolen = async (): Promise<Account> => {
    const account = await fixture.registerVerified();
    const viewer = (await fixture.logIn(account.username, PASSWORD, home))!;
    expect(await fixture.logIn(account.username, PASSWORD, away)).not.toBeNull();
    expect(await newDevices(account)).toEqual([away.device, home.device]);
    return { ...account, viewer };
  };

  test('is on a new device again after a change, and the owner is not', async () => {
    const account = await stolen();
    const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    await fixture.mutate('changePassword', input, ERRORS, account.viewer, { network: home.network });
    expect(await known(account)).toEqual({ devices: 1, networks: 1 });
    for (const from of [home, away]) expect(await fixture.logIn(account.username, NEW_PASSWORD, from)).not.toBeNull();
    expect(await newDevices(account)).toEqual([away.device, away.device, home.device]);
  });

  test('is on a new device again after a reset, as is the owner', async () => {
    const account = await stolen();
    await requestReset(account.email);
    await reset(await resetTokenOf(account), NEW_PASSWORD);
    expect(await known(account)).toEqual({ devices: 0, networks: 0 });
    for (const from of [home, away]) expect(await fixture.logIn(account.username, NEW_PASSWORD, from)).not.toBeNull();
    expect(await newDevices(account)).toEqual([away.device, away.device, home.device, home.device]);
  });
});

describe('a repeated request with the same Idempotency-Key', () => {
  const from = { idempotencyKey: 'the-first-action' };

  test('gets the first answer of a change, and no other password passes', async () => {
    const { viewer } = await fixture.register();
    const run = (input: object) => fixture.mutate('changePassword', input, `changed ${ERRORS}`, viewer, from);
    const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD };
    const answers = await Promise.all([run(input), run(input), run(input)]);
    answers.push(await run(input));
    expect(answers).toEqual(Array(4).fill({ changed: true, errors: [] }));
    const other = await run({ ...input, newPassword: 'some third long phrase' });
    expect(other).toMatchObject({ changed: false, errors: [{ code: 'PASSWORD_WRONG' }] });
  });

  test('gets the first answer of a reset, and a password that was refused can be replaced', async () => {
    const account = await fixture.registerVerified();
    await requestReset(account.email);
    const token = await resetTokenOf(account);
    const run = (newPassword: string) =>
      fixture.mutate('resetPassword', { token, newPassword }, `reset ${ERRORS}`, null, from);
    expect(await run('short')).toMatchObject({ reset: false, errors: [{ code: 'PASSWORD_WEAK' }] });
    const answers = await Promise.all([run(NEW_PASSWORD), run(NEW_PASSWORD), run(NEW_PASSWORD)]);
    answers.push(await run(NEW_PASSWORD));
    expect(answers).toEqual(Array(4).fill({ reset: true, errors: [] }));
    expect(await run('some third long phrase')).toMatchObject({ reset: false, errors: [{ code: 'TOKEN_INVALID' }] });
  });
});
