import { LANGUAGES } from '@tintype/language';
import { describe, expect, test } from 'vitest';
import type { AccountMailKind } from './account-mail.model.ts';
import { writeMail } from './account-mail.rules.ts';

const LINK = 'https://tintype.example/verify-email#token=t&username=anna';
const about = { username: 'anna', device: 'Firefox on Linux', at: new Date('2026-11-30T10:42:00Z'), sanction: null };
const KINDS = {
  VERIFY_EMAIL: LINK,
  RESET_PASSWORD: LINK,
  PASSWORD_CHANGED: null,
  EMAIL_CHANGE_STARTED: null,
  EMAIL_CHANGED: null,
  USERNAME_CHANGED: null,
  NEW_DEVICE: null,
  WRONG_PASSWORDS: null,
  WRONG_CODES: null,
  TWO_FACTOR_ENABLED: null,
  TWO_FACTOR_DISABLED: null,
  RECOVERY_CODE_USED: null,
  PASSKEY_ADDED: null,
  PASSKEY_DELETED: null,
  PASSKEY_COPIED: null,
  IDENTITY_LINKED: null,
  IDENTITY_UNLINKED: null,
  DATA_EXPORT_READY: LINK,
  WARNED: null,
  SUSPENDED: null,
  BANNED: null,
  CONTENT_HIDDEN: null,
  CONTENT_REMOVED: null,
  DECISION_UPHELD: null,
  DECISION_REVERSED: null,
} as const satisfies Record<AccountMailKind, string | null>;

describe.each(LANGUAGES)('in %s', (language) => {
  test.each(Object.keys(KINDS) as AccountMailKind[])('a mail %s says what happened to whom', (kind) => {
    const { subject, text, html } = writeMail(kind, about, KINDS[kind], language);
    expect(text).toContain('@anna');
    expect(subject).toMatch(/^[\p{Lu}].*\P{P}$/u);
    expect(html).toContain(`<html lang="${language}" dir="ltr">`);
    expect(html.match(/<a href=/g)?.length ?? 0).toBe(KINDS[kind] === null ? 0 : 1);
    expect(html).not.toContain(`>${LINK.replace('&', '&amp;')}<`);
  });
});

test('a mail is written in the language of its recipient', () => {
  expect(writeMail('RESET_PASSWORD', about, LINK, 'de')).toMatchObject({
    language: 'de',
    subject: 'Setze dein Passwort zurück',
    text: `Für das Konto @anna wurde ein neues Passwort angefordert, wahrscheinlich von dir. Öffne diese Seite, um es festzulegen:

${LINK}

Der Link ist 30 Minuten lang gültig und funktioniert nur einmal. Wenn du das nicht warst, kannst du diese E-Mail einfach ignorieren. Dann ändert sich nichts.
`,
  });
  expect(
    writeMail('NEW_DEVICE', about, null, 'de').text,
  ).toBe(`Am 30. November 2026 um 10:42 UTC hat sich jemand mit einem neuen Gerät oder an einem neuen Ort beim Konto @anna angemeldet: Firefox on Linux.

Wenn du das nicht warst, setze dein Passwort zurück. Dabei werden alle Geräte abgemeldet.
`);
  expect(
    writeMail('NEW_DEVICE', about, null, 'en').text,
  ).toBe(`Somebody logged in to the account @anna on 30 November 2026 at 10:42 UTC from a device or place that is new: Firefox on Linux.

If it was not you, reset your password: all devices are logged out then.
`);
});

test('a notice about a decision gives its reason and its end', () => {
  const sanction = { reason: 'SPAM', until: new Date('2026-12-24T18:00:00Z') } as const;
  expect(writeMail('SUSPENDED', { ...about, sanction }, null, 'en').text).toContain(
    'Moderators suspended the account @anna until 24 December 2026 at 18:00 UTC. The reason: unwanted advertising, scams',
  );
  expect(writeMail('SUSPENDED', { ...about, sanction }, null, 'de').text).toContain(
    'Die Moderation hat das Konto @anna bis zum 24. Dezember 2026 um 18:00 UTC gesperrt. Grund: unerwünschte Werbung,',
  );
  expect(writeMail('SUSPENDED', about, null, 'de').text).toContain('Die Moderation hat das Konto @anna gesperrt.\n');
  expect(writeMail('WARNED', { ...about, sanction }, null, 'de').text).toContain(
    'Interesse. Vorerst ändert sich nichts.',
  );
});

test('a login from a device without a name names none', () => {
  const { text } = writeMail('NEW_DEVICE', { ...about, device: '' }, null, 'de');
  expect(text).toContain('an einem neuen Ort beim Konto @anna angemeldet.\n');
});

test('what people are called is text in the HTML', () => {
  const { html } = writeMail('NEW_DEVICE', { ...about, device: '<b>&' }, null, 'en');
  expect(html).toContain('&lt;b&gt;&amp;');
});
