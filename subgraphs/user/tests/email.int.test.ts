import { afterAll, beforeAll, expect, test } from 'vitest';
import { MAX_MAILS } from '../src/email/email-token.rules.ts';
import { type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

const ERRORS = 'errors { code path }';
const VERIFY = `emailAddress { address } ${ERRORS}`;
const verified = (address: string) => ({ emailAddress: { address }, errors: [] });
const INVALID = { emailAddress: null, errors: [{ code: 'TOKEN_INVALID', path: ['input', 'token'] }] };

let fixture: AccountFixture;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const emailOf = async (viewer: { userId: bigint; sessionId: string }) =>
  (
    await fixture.query<{
      emailAddress: { address: string; verifiedAt: string | null; pendingAddress: string | null };
    }>('{ emailAddress { address verifiedAt pendingAddress } }', viewer)
  ).emailAddress;
const verify = (token: string | null) => fixture.mutate('verifyEmail', { token }, VERIFY);
const change = (email: string, account: { viewer: { userId: bigint; sessionId: string } }, password = PASSWORD) =>
  fixture.mutate(
    'changeEmail',
    { email, password },
    `emailAddress { address pendingAddress } ${ERRORS}`,
    account.viewer,
  );
const addresses = async (userId: bigint) =>
  fixture.graph.askAs<{ mailAddresses: { email: string }[] }>(
    'notification',
    'user',
    null,
    `{ mailAddresses(userIds: ["${userId}"]) { email } }`,
  );

test('an address is verified with the link of the first mail, also if it is opened again', async () => {
  const { viewer, email, username } = await fixture.register();
  expect(await emailOf(viewer)).toEqual({ address: email, verifiedAt: null, pendingAddress: null });
  const mail = await fixture.mailbox.received(email, /^Verify your e-mail address$/);
  expect(mail.link).toMatch(/^https:\/\/tintype\.example\/verify-email#token=[\w-]{43}&username=\w+$/);
  expect(mail.text).toContain(`@${username}`);
  expect(await verify(mail.token)).toEqual(verified(email));
  expect((await emailOf(viewer)).verifiedAt).not.toBeNull();
  expect(await verify(mail.token)).toEqual(verified(email));
});

test.each(['', 'x', 'A'.repeat(43), '\0', 'é'.repeat(300)])('the token %j is refused', async (token) => {
  expect(await verify(token)).toEqual(INVALID);
});

test('an address that is not verified gets no mail but the verification', async () => {
  const { viewer, email, username } = await fixture.register();
  await fixture.mailbox.received(email, /Verify/);
  expect(await addresses(viewer.userId)).toEqual({ mailAddresses: [] });
  await fixture.logIn(username, PASSWORD, { device: 'Another', network: '203.0.113.9' });
  await fixture.mutate(
    'changePassword',
    { currentPassword: PASSWORD, newPassword: 'quite another phrase' },
    ERRORS,
    viewer,
  );
  await fixture.mutate('requestPasswordReset', { email }, ERRORS);
  const last = await fixture.registerVerified();
  await fixture.mutate('requestPasswordReset', { email: last.email }, ERRORS);
  await fixture.mailbox.received(last.email, /Reset/);
  const subjects = (await fixture.mailbox.to(email)).map(({ subject }) => subject);
  expect(new Set(subjects)).toEqual(new Set(['Verify your e-mail address']));
  expect(await addresses(last.viewer.userId)).toEqual({ mailAddresses: [{ email: last.email }] });
});

test('the database does not contain the tokens of links', async () => {
  const { email } = await fixture.register();
  const { token } = await fixture.mailbox.received(email, /Verify/);
  const { pool } = fixture.environment.database;
  const { rows } = await pool.query(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'user'`);
  for (const { table_name: name } of rows) {
    const { rows: found } = await pool.query(`SELECT 1 FROM "user"."${name}" t WHERE t::text LIKE '%' || $1 || '%'`, [
      token,
    ]);
    expect(found, name).toEqual([]);
  }
});

test('another mail is sent on request, up to a limit, and not once the address is verified', async () => {
  const { viewer, email } = await fixture.register();
  const { token } = await fixture.mailbox.received(email, /Verify/);
  const resend = () => fixture.mutate('resendVerificationMail', null, `sent ${ERRORS}`, viewer);
  for (let count = 1; count < MAX_MAILS.forOwner; count++) expect(await resend()).toEqual({ sent: true, errors: [] });
  expect(await resend()).toEqual({ sent: false, errors: [{ code: 'TOO_MANY_MAILS', path: [] }] });
  await verify(token);
  expect(await resend()).toEqual({ sent: false, errors: [] });
});

test('a new address replaces the old one when it is verified, and the old one gets a notice', async () => {
  const account = await fixture.registerVerified();
  const { viewer, email } = account;
  const next = `next.${email}`;
  expect(await change(next, account, 'a wrong password')).toMatchObject({ errors: [{ code: 'PASSWORD_WRONG' }] });
  expect(await change('nowhere', account)).toMatchObject({ errors: [{ code: 'EMAIL_INVALID' }] });
  expect(await change(next, account)).toEqual({ emailAddress: { address: email, pendingAddress: next }, errors: [] });
  const { token } = await fixture.mailbox.received(next, /Verify/);
  expect(await verify(token)).toEqual(verified(next));
  expect(await emailOf(viewer)).toMatchObject({ address: next, pendingAddress: null });
  expect(await fixture.logIn(next, PASSWORD)).not.toBeNull();
  expect(await fixture.logIn(email, PASSWORD)).toBeNull();
  expect((await fixture.mailbox.received(email, /changed/)).text).toContain('another e-mail address');
});

test('a reset link that was sent to the old address is useless after the address changed', async () => {
  const account = await fixture.registerVerified();
  const next = `next.${account.email}`;
  await fixture.mutate('requestPasswordReset', { email: account.email }, ERRORS);
  const { token } = await fixture.mailbox.received(account.email, /Reset/);
  await change(next, account);
  await verify((await fixture.mailbox.received(next, /Verify/)).token);
  const reset = await fixture.mutate('resetPassword', { token, newPassword: 'quite another phrase' }, ERRORS);
  expect(reset.errors).toMatchObject([{ code: 'TOKEN_INVALID' }]);
});

test('only the last address that was asked for can be verified', async () => {
  const account = await fixture.registerVerified();
  const [first, second] = [`a.${account.email}`, `b.${account.email}`];
  await change(first, account);
  const old = await fixture.mailbox.received(first, /Verify/);
  await change(second, account);
  const { token } = await fixture.mailbox.received(second, /Verify/);
  expect(await verify(old.token)).toEqual(INVALID);
  expect(await verify(token)).toEqual(verified(second));
});

test('the answer to a change says nothing about other accounts, and an address belongs to one account', async () => {
  const [one, other] = [await fixture.registerVerified(), await fixture.registerVerified()];
  const wanted = `shared.${one.email}`;
  expect((await change(other.email, one)).errors).toEqual([]);
  await change(wanted, one);
  await change(wanted, other);
  await expect.poll(async () => (await fixture.mailbox.to(wanted)).length).toBe(2);
  const mails = await fixture.mailbox.to(wanted);
  const codes = (await Promise.all(mails.map(({ token }) => verify(token)))).map(
    ({ errors }) => errors[0]?.code ?? 'OK',
  );
  expect(codes.toSorted()).toEqual(['EMAIL_TAKEN', 'OK']);
});

test('a mail without a line of its own cannot be made with a username or an address', async () => {
  for (const email of [
    'a@example.org\r\nBcc: b@example.org',
    'a@example.org\nSubject: x',
    'a@example.org, b@example.org',
    '"a" <b@example.org>',
  ]) {
    await expect(fixture.register({ email })).rejects.toThrow('EMAIL_INVALID');
  }
});

test('a platform without mail says so', async () => {
  const silent = await startAccountFixture({ MAIL_DIRECTORY: '' });
  const { viewer, email } = await silent.register();
  const unavailable = [{ code: 'MAIL_UNAVAILABLE', path: [] }];
  expect((await silent.mutate('requestPasswordReset', { email }, ERRORS)).errors).toEqual(unavailable);
  expect((await silent.mutate('resendVerificationMail', null, ERRORS, viewer)).errors).toEqual(unavailable);
  const input = { email: 'other@example.org', password: PASSWORD };
  expect((await silent.mutate('changeEmail', input, ERRORS, viewer)).errors).toEqual(unavailable);
  const { rows } = await silent.environment.database.pool.query('SELECT 1 FROM "user".account_mail');
  expect(rows).toEqual([]);
  await silent.close();
});
