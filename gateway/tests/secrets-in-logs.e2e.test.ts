import { randomBytes } from 'node:crypto';
import { startDistributed } from '@tintype/local/distributed';
import { createClient } from '@tintype/schema/client';
import * as operations from '@tintype/schema/operations';
import { createEnvironment, createIdentityProvider, createMailbox } from '@tintype/testing';
import { Secret, TOTP } from 'otpauth';
import { expect, test } from 'vitest';
import { GENEROUS } from './platform/platform.ts';

/** A line that only a forger writes. */
const FORGED = '{"level":"fatal","msg":"forged"}';
/** What only we write, and processes that end. */
const LINE = /^\{"level":"(trace|debug|info|warn|error|fatal)","time":"\d{4}-[\d:.TZ-]+",.*\}$/;

/** Each form in which a text may be in a line. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  return [secret, encodeURIComponent(secret), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('hex')];
}

test('the logs of all processes contain no secret of an account, and no line that a client wrote', async () => {
  const mailbox = await createMailbox();
  const provider = await createIdentityProvider(['https://app.example.org/callback']);
  const environment = await createEnvironment({
    env: { ...GENEROUS, ...mailbox.env, ...provider.env, LOG_LEVEL: 'trace' },
  });
  const lines: string[] = [];
  const platform = await startDistributed(environment.env, (_name, line) => lines.push(line));
  /** What must be in no line, by what it is. */
  const secrets = new Map<string, string>();
  const secret = (what: string, text: string | null | undefined): string => {
    expect(text, what).toEqual(expect.any(String));
    secrets.set(what, text!);
    return text!;
  };
  try {
    await platform.ready(60_000);
    const endpoint = `${platform.url}/graphql`;
    const visitor = createClient(endpoint);
    const username = `logged_${randomBytes(4).toString('hex')}`;
    const password = secret('the password', `first phrase ${randomBytes(8).toString('hex')}`);
    const email = secret('the address', `${randomBytes(8).toString('hex')}@mail.example`);
    const { createAccount } = await visitor.request(operations.CreateAccountDocument, {
      input: { username, email, password },
    });
    const person = visitor.as(secret('the first access token', createAccount!.accessToken));
    const first = secret('the first refresh token', createAccount!.refreshToken);
    const verification = secret('the token of a verification', (await mailbox.received(email, /Verify/)).token);
    const verified = await visitor.request(operations.VerifyEmailDocument, { input: { token: verification } });
    expect(verified.verifyEmail!.errors).toEqual([]);

    // Wrong credentials, some of which people type into the wrong field, and a line of a forger.
    const wrong = secret('a wrong password', `wrong phrase ${randomBytes(8).toString('hex')}`);
    const confused = secret('a password typed as the name', `confused ${randomBytes(8).toString('hex')}`);
    const stranger = secret('an unknown address', `${randomBytes(8).toString('hex')}@other.example`);
    for (const identifier of [username, confused, stranger, `a\n${FORGED}\r\n${FORGED}`])
      await visitor.request(operations.LogInDocument, { input: { identifier, password: wrong } });
    const hostile = { 'content-type': 'application/json', 'user-agent': FORGED, 'x-request-id': FORGED };
    const invalid = secret('an invalid access token', randomBytes(32).toString('base64url'));
    for (const body of [
      '{"query":"{ me { id } }"}',
      `{"query":"${password}"}`,
      `{"query":"{ me { id } }","${password}"`,
    ])
      await fetch(endpoint, { method: 'POST', headers: { ...hostile, authorization: `Bearer ${invalid}` }, body });
    const inPlace = JSON.stringify(password);
    for (const query of [
      `mutation { logIn(input: { identifier: "a", password: ${inPlace}, again: ${inPlace} }) { accessToken } }`,
      `mutation { logIn(input: { identifier: "a", password: [${inPlace}] }) { accessToken } }`,
      `mutation { logIn(input: { identifier: "a", password: ${inPlace} }) { accessToken } } }`,
    ])
      await fetch(endpoint, { method: 'POST', headers: hostile, body: JSON.stringify({ query }) });
    const variables = { input: { identifier: [username], password: { again: password } } };
    const query = operations.LogInDocument.toString();
    await fetch(endpoint, { method: 'POST', headers: hostile, body: JSON.stringify({ query, variables }) });
    await fetch(`${endpoint}?query=${encodeURIComponent(`\n${FORGED}`)}&access_token=${invalid}`);
    await fetch(`${platform.url}/p/%0a${encodeURIComponent(FORGED)}`);

    const unsubscribing = secret('a token that stops mails', randomBytes(32).toString('base64url'));
    for (const method of ['GET', 'POST'])
      await fetch(`${platform.url}/unsubscribe?token=${unsubscribing}`, {
        method,
        ...(method === 'POST' && { body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }) }),
      });

    const refresh = (refreshToken: string) =>
      visitor.request(operations.RefreshSessionDocument, { input: { refreshToken } });
    const second = (await refresh(first)).refreshSession!;
    secret('the second access token', second.accessToken);
    const third = (await refresh(secret('the second refresh token', second.refreshToken))).refreshSession!;
    secret('the third refresh token', third.refreshToken);

    const setup = await person.request(operations.StartTwoFactorSetupDocument, { input: { password } });
    const shared = secret('the shared secret', setup.startTwoFactorSetup!.secret);
    const totp = new TOTP({ secret: Secret.fromBase32(shared) });
    const enabled = await person.request(operations.EnableTwoFactorDocument, { input: { code: totp.generate() } });
    const codes = enabled.enableTwoFactor!.recoveryCodes;
    for (const [index, code] of codes.entries()) secret(`recovery code ${index}`, code);
    const { logIn } = await visitor.request(operations.LogInDocument, { input: { identifier: email, password } });
    const challenge = secret('the token of a challenge', logIn!.challenge?.token);
    const completed = await visitor.request(operations.CompleteLogInDocument, {
      input: { challenge, code: codes[0]! },
    });
    const owner = visitor.as(secret('the access token of a login', completed.completeLogIn!.accessToken));
    secret('the refresh token of a login', completed.completeLogIn!.refreshToken);

    const newEmail = secret('the new address', `${randomBytes(8).toString('hex')}@mail.example`);
    const changed = await owner.request(operations.ChangeEmailDocument, {
      input: { email: newEmail, password, code: codes[1]! },
    });
    expect(changed.changeEmail!.errors).toEqual([]);
    const change = secret('the token of a change', (await mailbox.received(newEmail, /Verify/)).token);
    await visitor.request(operations.VerifyEmailDocument, { input: { token: change } });
    await visitor.request(operations.RequestPasswordResetDocument, { input: { email: newEmail } });
    const reset = secret('the token of a reset', (await mailbox.received(newEmail, /Reset/)).token);
    const newPassword = secret('the new password', `second phrase ${randomBytes(8).toString('hex')}`);
    const done = await visitor.request(operations.ResetPasswordDocument, { input: { token: reset, newPassword } });
    expect(done.resetPassword!.errors).toEqual([]);
    const login = secret('the account at a provider', `login.${randomBytes(8).toString('hex')}`);
    provider.accounts.set(login, { email: secret('its address', `${randomBytes(8).toString('hex')}@mail.example`) });
    const input = { provider: provider.key };
    const { startProviderLogIn } = await visitor.request(operations.StartProviderLogInDocument, { input });
    const flow = secret('the flow of a login', startProviderLogIn!.flow);
    const callbackUrl = await provider.logIn(startProviderLogIn!.url!, login);
    secret('the code of a provider', new URL(callbackUrl).searchParams.get('code'));
    provider.tamper = async (idToken) => secret('an ID token', `${idToken}x`);
    // The second answer is refused, because the code was used.
    for (const _ of ['wrong', 'used'])
      await visitor.request(operations.LogInWithProviderDocument, { input: { flow, callbackUrl } });
    secret('the secret of the client', JSON.parse(provider.env.IDENTITY_PROVIDERS!)[0].clientSecret);
    secret('the secret of the platform', environment.env.TINTYPE_SECRET);
    secret('the key of the object store', environment.env.S3_SECRET_ACCESS_KEY);
  } finally {
    await platform.stop();
    await environment.close();
    await mailbox.close();
    await provider.close();
  }
  expect(lines.length).toBeGreaterThan(20);
  expect(secrets.size).toBeGreaterThan(25);
  const found = [...secrets].flatMap(([what, text]) =>
    lines.filter((line) => formsOf(text).some((form) => line.includes(form))).map((line) => `${what}: ${line}`),
  );
  expect(found).toEqual([]);
  expect(lines.filter((line) => !LINE.test(line))).toEqual([]);
  expect(lines.filter((line) => JSON.parse(line).msg === 'forged')).toEqual([]);
});
