import { LANGUAGES, textsIn } from '@tintype/language';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importAccounts } from '../src/index.ts';
import { type Account, type AccountFixture, PASSWORD, startAccountFixture } from './account.fixture.ts';

let fixture: AccountFixture;
let made = 0;
beforeAll(async () => {
  fixture = await startAccountFixture();
});
afterAll(() => fixture?.close());

const register = (language?: string): Promise<Account> =>
  fixture.register({ username: `reader.${++made}` }, language === undefined ? {} : { language });
const languageOf = async ({ viewer }: Account) => {
  type Data = { accountSettings: { language: string } };
  return (await fixture.query<Data>('{ accountSettings { language } }', viewer)).accountSettings.language;
};
const choose = ({ viewer }: Account, language: string | null) =>
  fixture.mutate<{ accountSettings: { language: string } | null }>(
    'updateAccountSettings',
    { language },
    'accountSettings { language } errors { code message path }',
    viewer,
  );
/** The languages that other subgraphs were told, in order. */
const told = async (userId: bigint): Promise<string[]> => {
  const { rows } = await fixture.environment.database.pool.query<{ language: string }>(
    `SELECT data->>'language' AS language FROM "user".outbox
     WHERE subject = $1 AND type = 'tintype.user.language.changed.v1' ORDER BY position`,
    [String(userId)],
  );
  return rows.map(({ language }) => language);
};

describe('the language of an account', () => {
  test('is the one that its registration preferred', async () => {
    const [german, english] = [await register('de'), await register('en')];
    expect([await languageOf(german), await languageOf(english)]).toEqual(['de', 'en']);
    // English is what everybody expects of an account without an event.
    expect([await told(german.viewer.userId), await told(english.viewer.userId)]).toEqual([['de'], []]);
  });

  test.each([undefined, 'tlh', 'not a tag', ''])('is English if the registration preferred %j', async (language) => {
    expect(await languageOf(await register(language))).toBe('en');
  });

  test('can be chosen, by any tag that leads to it, and other subgraphs are told of changes only', async () => {
    const account = await register();
    for (const tag of ['de-AT', 'de', 'DE-ch'])
      expect(await choose(account, tag)).toEqual({ accountSettings: { language: 'de' }, errors: [] });
    expect(await choose(account, null)).toEqual({ accountSettings: { language: 'de' }, errors: [] });
    await choose(account, 'en-GB');
    expect(await languageOf(account)).toBe('en');
    expect(await told(account.viewer.userId)).toEqual(['de', 'en']);
  });

  test.each(['tlh', 'german', 'de_DE', '', '*', `de${'-aaaaaaaa'.repeat(4)}`, '__proto__'])(
    'cannot be %j, of which there are no texts',
    async (tag) => {
      const account = await register('de');
      const { accountSettings, errors } = await choose(account, tag);
      expect(accountSettings).toBeNull();
      expect(errors).toMatchObject([{ code: 'LANGUAGE_UNSUPPORTED', path: ['input', 'language'] }]);
      expect(await languageOf(account)).toBe('de');
    },
  );

  test('becomes English if the platform has it no longer, until the person chooses another one', async () => {
    const { pool } = fixture.environment.database;
    const account = await register();
    await pool.query(`UPDATE "user".account SET language = 'tlh' WHERE id = $1`, [account.viewer.userId]);
    expect(await languageOf(account)).toBe('en');
    await choose(account, 'en');
    expect(await told(account.viewer.userId)).toEqual(['en']);
  });

  test('is imported', async () => {
    const account = { displayName: '', passwordHash: '$argon2id$none' };
    const [german, english] = await importAccounts(fixture.environment, [
      { ...account, username: 'import.de', email: 'import.de@example.org', language: 'de' },
      { ...account, username: 'import.en', email: 'import.en@example.org' },
    ]);
    expect([await told(german!), await told(english!)]).toEqual([['de'], []]);
    const stored = 'SELECT language FROM "user".account WHERE id = ANY($1) ORDER BY id';
    const { rows } = await fixture.environment.database.pool.query(stored, [[german, english]]);
    expect(rows).toEqual([{ language: 'de' }, { language: 'en' }]);
  });

  test('is forgotten with the account', async () => {
    const { viewer } = await register('de');
    expect(await fixture.mutate('deleteAccount', { password: PASSWORD }, 'deleted', viewer)).toEqual({ deleted: true });
    const stored = 'SELECT language FROM "user".account WHERE id = $1';
    const { rows } = await fixture.environment.database.pool.query(stored, [viewer.userId]);
    expect(rows).toEqual([{ language: 'en' }]);
  });

  test('is one of those that everybody can list', async () => {
    expect(await fixture.query('{ supportedLanguages }', null)).toEqual({ supportedLanguages: LANGUAGES });
  });
});

test('mails about an account are in its language', async () => {
  const { text } = textsIn('de');
  const account = await register('de');
  const verification = await fixture.mailbox.received(account.email, /Bestätige deine E-Mail-Adresse/);
  expect(verification.language).toBe('de');
  expect(verification.text).toContain('Der Link ist 24 Stunden lang gültig.');
  await fixture.mutate('verifyEmail', { token: verification.token }, 'errors { code message path }');
  await fixture.mutate('requestPasswordReset', { email: account.email }, 'requested');
  const reset = await fixture.mailbox.received(account.email, new RegExp(text('accountMail.RESET_PASSWORD.subject')));
  expect(reset.text).toContain(`Für das Konto @${account.username} wurde ein neues Passwort angefordert`);
  // A mail that is still to be sent is written in the language of that time.
  await choose(account, 'en');
  await fixture.mutate('requestPasswordReset', { email: account.email }, 'requested');
  expect((await fixture.mailbox.received(account.email, /^Reset your password$/)).language).toBe('en');
});
