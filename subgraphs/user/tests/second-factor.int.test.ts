import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { RECOVERY_CODES } from '../src/second-factor/code.rules.ts';
import { type Account, type AccountFixture, NEW_PASSWORD, PASSWORD, startAccountFixture } from './account.fixture.ts';

const ERRORS = 'errors { code path }';
const SESSION = `user { id } accessToken refreshToken ${ERRORS}`;
const failure = (code: string, field = 'code') => [{ code, path: ['input', field] }];

type Payload = { user: object | null; accessToken: string | null; challenge: { token: string } | null };

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

let account: Account;
let totp: TOTP;
let recoveryCodes: string[];

/** Acts as if half a minute had passed, so that the current code can be used again. */
const forgetStep = () =>
  fixture.environment.database.pool.query(`UPDATE "user".second_factor SET last_step = 0 WHERE user_id = $1`, [
    account.viewer.userId,
  ]);
async function freshCode(): Promise<string> {
  await forgetStep();
  return totp.generate();
}
const start = (password = PASSWORD) =>
  fixture.mutate<{ secret: string | null; uri: string | null }>(
    'startTwoFactorSetup',
    { password },
    `secret uri ${ERRORS}`,
    account.viewer,
  );
const enable = (code: string) =>
  fixture.mutate<{ recoveryCodes: string[] }>('enableTwoFactor', { code }, `recoveryCodes ${ERRORS}`, account.viewer);
async function setUp(): Promise<void> {
  account = await fixture.registerVerified();
  const { secret } = await start();
  totp = new TOTP({ secret: Secret.fromBase32(secret!) });
  ({ recoveryCodes } = await enable(totp.generate()));
}
const logIn = async (password = PASSWORD) => {
  const input = { identifier: account.username, password };
  const payload = await fixture.mutate<Payload>('logIn', input, `challenge { token } ${SESSION}`);
  return payload;
};
const complete = (challenge: string, code: string) =>
  fixture.mutate<Payload>('completeLogIn', { challenge, code }, SESSION);
const challengeOf = async () => (await logIn()).challenge!.token;
const state = async () =>
  (
    await fixture.query<{ twoFactor: { enabledAt: string | null; recoveryCodesLeft: number } }>(
      '{ twoFactor { enabledAt recoveryCodesLeft } }',
      account.viewer,
    )
  ).twoFactor;

describe('the setup', () => {
  beforeEach(async () => {
    account = await fixture.registerVerified();
  });

  test('is complete when a code of the app was shown, and logins need codes from then on', async () => {
    expect((await start('a wrong password')).errors).toEqual(failure('PASSWORD_WRONG', 'password'));
    const { secret, uri } = await start();
    const app = new URL(uri!);
    expect([app.protocol, app.host, app.searchParams.get('secret')]).toEqual(['otpauth:', 'totp', secret]);
    expect(decodeURIComponent(app.pathname)).toContain(account.username);
    totp = new TOTP({ secret: Secret.fromBase32(secret!) });
    expect(await state()).toEqual({ enabledAt: null, recoveryCodesLeft: 0 });
    expect((await logIn()).accessToken).not.toBeNull();
    expect((await enable('000')).errors).toEqual(failure('CODE_WRONG'));
    const enabled = await enable(totp.generate());
    expect(enabled.errors).toEqual([]);
    expect(new Set(enabled.recoveryCodes).size).toBe(RECOVERY_CODES);
    expect(enabled.recoveryCodes.every((code) => /^([A-Z2-7]{4}-){3}[A-Z2-7]{4}$/.test(code))).toBe(true);
    expect(await state()).toMatchObject({ recoveryCodesLeft: RECOVERY_CODES, enabledAt: expect.any(String) });
    expect((await logIn()).accessToken).toBeNull();
    await fixture.mailbox.received(account.email, /has a second factor/);
    expect((await start()).errors.map(({ code }) => code)).toEqual(['TWO_FACTOR_ENABLED']);
    expect((await enable(totp.generate())).errors.map(({ code }) => code)).toEqual(['SETUP_NOT_STARTED']);
  });

  test('can be started again, which makes the first secret useless', async () => {
    const first = (await start()).secret!;
    const second = (await start()).secret!;
    expect(second).not.toBe(first);
    const codeOf = (secret: string) => new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    expect((await enable(codeOf(first))).errors).toEqual(failure('CODE_WRONG'));
    expect((await enable(codeOf(second))).errors).toEqual([]);
  });

  test('keeps neither the secret nor a recovery code in the database', async () => {
    await setUp();
    const { pool } = fixture.environment.database;
    const secret = totp.secret.base32;
    for (const table of ['second_factor', 'recovery_code', 'login_challenge']) {
      const { rows } = await pool.query(`SELECT t::text AS row FROM "user".${table} t`);
      for (const kept of [secret, totp.secret.hex, ...recoveryCodes]) {
        expect(rows.filter(({ row }) => row.toLowerCase().includes(kept.toLowerCase()))).toEqual([]);
      }
    }
  });
});

describe('a login with a second factor', () => {
  beforeEach(setUp);

  test('takes the password and a code, and says nothing of it to whoever does not know the password', async () => {
    expect(await logIn('a wrong password')).toMatchObject({ challenge: null, errors: [{ code: 'CREDENTIALS_WRONG' }] });
    const answer = await logIn();
    expect(answer).toMatchObject({ user: null, accessToken: null, refreshToken: null, errors: [] });
    const { token } = answer.challenge!;
    expect((await complete(token, '')).errors).toEqual(failure('CODE_WRONG'));
    expect((await complete(token, '123456')).errors).toEqual(failure('CODE_WRONG'));
    const done = await complete(token, await freshCode());
    expect(done.errors).toEqual([]);
    expect(done.accessToken).not.toBeNull();
    expect((await complete(token, await freshCode())).errors).toEqual(failure('CHALLENGE_INVALID', 'challenge'));
  });

  test('accepts a code once, and codes of the steps beside it, but no others', async () => {
    const now = Date.now();
    const at = (steps: number) => totp.generate({ timestamp: now + steps * 30_000 });
    for (const steps of [-3, -2, 2, 3]) {
      await forgetStep();
      const used = new Set([-1, 0, 1].map(at));
      if (used.has(at(steps))) continue;
      expect((await complete(await challengeOf(), at(steps))).errors, `${steps}`).toEqual(failure('CODE_WRONG'));
    }
    const [first, second] = [await challengeOf(), await challengeOf()];
    const code = await freshCode();
    const outcomes = await Promise.all([first, second].map((challenge) => complete(challenge, code)));
    expect(outcomes.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  });

  test('accepts each recovery code once, however it is typed, and the owner gets a notice', async () => {
    const [first, second] = recoveryCodes as [string, string];
    expect((await complete(await challengeOf(), ` ${first.toLowerCase().replaceAll('-', ' ')} `)).errors).toEqual([]);
    expect((await complete(await challengeOf(), first)).errors).toEqual(failure('CODE_WRONG'));
    const challenges = [await challengeOf(), await challengeOf(), await challengeOf()];
    const outcomes = await Promise.all(challenges.map((challenge) => complete(challenge, second)));
    expect(outcomes.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
    expect((await state()).recoveryCodesLeft).toBe(RECOVERY_CODES - 2);
    await fixture.mailbox.received(account.email, /recovery code was used/);
  });

  test('makes whoever tries codes wait, and the owner learns that somebody knows the password', async () => {
    const challenge = await challengeOf();
    const codes: string[] = [];
    for (let count = 0; count < 7; count++) codes.push((await complete(challenge, `00000${count}`)).errors[0]!.code);
    expect(codes.filter((code) => code === 'CODE_WRONG')).toHaveLength(5);
    expect(codes.slice(5)).toEqual(['TOO_MANY_ATTEMPTS', 'TOO_MANY_ATTEMPTS']);
    expect((await complete(challenge, await freshCode())).errors).toEqual(failure('TOO_MANY_ATTEMPTS'));
    await fixture.mailbox.received(account.email, /knows your password/);
  });

  test('must be completed within five minutes', async () => {
    const challenge = await challengeOf();
    const { pool } = fixture.environment.database;
    await pool.query(`UPDATE "user".login_challenge SET expires_at = expires_at - interval '5 minutes'`);
    expect((await complete(challenge, await freshCode())).errors).toEqual(failure('CHALLENGE_INVALID', 'challenge'));
    for (const token of ['', 'x', challenge.toUpperCase(), account.refreshToken]) {
      expect((await complete(token, await freshCode())).errors, token).toEqual(
        failure('CHALLENGE_INVALID', 'challenge'),
      );
    }
  });

  test('cannot be completed with the former password', async () => {
    const challenge = await challengeOf();
    const input = { currentPassword: PASSWORD, newPassword: NEW_PASSWORD, code: await freshCode() };
    expect((await fixture.mutate('changePassword', input, ERRORS, account.viewer)).errors).toEqual([]);
    expect((await complete(challenge, await freshCode())).errors).toEqual(failure('CHALLENGE_INVALID', 'challenge'));
  });

  test('is the only way in: a repeated registration opens no session', async () => {
    const idempotencyKey = 'registered-once';
    const input = { username: 'repeated', email: 'repeated@example.org', password: PASSWORD };
    const register = () => fixture.mutate<Payload>('createAccount', input, SESSION, null, { idempotencyKey });
    await register();
    expect((await register()).accessToken).not.toBeNull();
    const viewer = (await fixture.logIn('repeated', PASSWORD))!;
    account = { ...account, viewer, username: 'repeated' };
    const { token } = await fixture.mailbox.received(input.email, /Verify/);
    await fixture.mutate('verifyEmail', { token }, ERRORS);
    const { secret } = await start();
    await enable(new TOTP({ secret: Secret.fromBase32(secret!) }).generate());
    expect(await register()).toMatchObject({ accessToken: null, errors: [{ code: 'PASSWORD_WRONG' }] });
  });

  test('reactivates a deactivated account when it is complete, not before', async () => {
    await fixture.mutate('deactivateAccount', { password: PASSWORD }, ERRORS, account.viewer);
    const seen = async () =>
      (await fixture.query<{ user: object | null }>(`{ user(username: "${account.username}") { id } }`, null)).user;
    const challenge = await challengeOf();
    expect(await seen()).toBeNull();
    expect((await complete(challenge, await freshCode())).errors).toEqual([]);
    expect(await seen()).not.toBeNull();
  });
});

describe('with a second factor', () => {
  beforeEach(setUp);

  test.each([
    ['changePassword', { currentPassword: PASSWORD, newPassword: NEW_PASSWORD }],
    ['changeEmail', { email: 'elsewhere@example.org', password: PASSWORD }],
    ['deleteAccount', { password: PASSWORD }],
    ['requestDataExport', { password: PASSWORD }],
  ])('%s needs a code, too', async (name, input) => {
    const run = (code?: string) => fixture.mutate(name, { ...input, code }, ERRORS, account.viewer);
    expect((await run()).errors).toEqual(failure('CODE_REQUIRED'));
    expect((await run('')).errors).toEqual(failure('CODE_REQUIRED'));
    expect((await run('123456')).errors).toEqual(failure('CODE_WRONG'));
    expect((await run(await freshCode())).errors).toEqual([]);
  });

  test('a reset of the password opens no way around it', async () => {
    await fixture.mutate('requestPasswordReset', { email: account.email }, ERRORS);
    const { token } = await fixture.mailbox.received(account.email, /Reset/);
    expect((await fixture.mutate('resetPassword', { token, newPassword: NEW_PASSWORD }, ERRORS)).errors).toEqual([]);
    expect(await logIn(NEW_PASSWORD)).toMatchObject({ accessToken: null, challenge: { token: expect.any(String) } });
  });

  test('new recovery codes replace the former ones', async () => {
    const replace = (input: object) =>
      fixture.mutate<{ recoveryCodes: string[] }>(
        'replaceRecoveryCodes',
        input,
        `recoveryCodes ${ERRORS}`,
        account.viewer,
      );
    expect((await replace({ password: 'a wrong password', code: await freshCode() })).errors).toEqual(
      failure('PASSWORD_WRONG', 'password'),
    );
    expect((await replace({ password: PASSWORD, code: '' })).errors).toEqual(failure('CODE_WRONG'));
    const renewed = await replace({ password: PASSWORD, code: await freshCode() });
    expect(renewed.recoveryCodes).toHaveLength(RECOVERY_CODES);
    expect((await complete(await challengeOf(), recoveryCodes[0]!)).errors).toEqual(failure('CODE_WRONG'));
    expect((await complete(await challengeOf(), renewed.recoveryCodes[0]!)).errors).toEqual([]);
  });

  test('it can be disabled with the password and a code, and everything of it is gone', async () => {
    const disable = (input: object) => fixture.mutate('disableTwoFactor', input, `disabled ${ERRORS}`, account.viewer);
    expect(await disable({ password: PASSWORD, code: '1' })).toEqual({
      disabled: false,
      errors: failure('CODE_WRONG'),
    });
    expect(await disable({ password: PASSWORD, code: recoveryCodes[3]! })).toEqual({ disabled: true, errors: [] });
    expect(await state()).toEqual({ enabledAt: null, recoveryCodesLeft: 0 });
    expect((await logIn()).accessToken).not.toBeNull();
    await fixture.mailbox.received(account.email, /no longer has a second factor/);
    expect(await disable({ password: PASSWORD, code: '' })).toEqual({ disabled: true, errors: [] });
    const input = { password: PASSWORD, code: '' };
    const { errors } = await fixture.mutate('replaceRecoveryCodes', input, ERRORS, account.viewer);
    expect(errors.map(({ code }) => code)).toEqual(['TWO_FACTOR_DISABLED']);
  });
});
