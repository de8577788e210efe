import type { AccountMailKind } from './account-mail.model.ts';

/** What a mail says. Each paragraph stands by itself; a link comes after the first one. */
type Text = { subject: string; paragraphs: readonly string[]; action?: string };

type About = { username: string; device: string; at: Date };

const IGNORE = 'If it was not you, ignore this mail. Nothing changes then.';
const SECURE = 'If it was not you, reset your password: all devices are logged out then.';

/** The texts of the mails about an account, as plain text. */
export const TEXTS: Readonly<Record<AccountMailKind, (about: About) => Text>> = {
  VERIFY_EMAIL: ({ username }) => ({
    subject: 'Verify your e-mail address',
    paragraphs: [
      `Somebody, probably you, gave this address for the account @${username}. Open this page to verify it:`,
      `The link works for 24 hours. ${IGNORE}`,
    ],
    action: 'Verify this address',
  }),
  RESET_PASSWORD: ({ username }) => ({
    subject: 'Reset your password',
    paragraphs: [
      `Somebody, probably you, wants to set a new password for the account @${username}. Open this page to do so:`,
      `The link works once, within 30 minutes. ${IGNORE}`,
    ],
    action: 'Set a new password',
  }),
  PASSWORD_CHANGED: ({ username, at }) => ({
    subject: 'Your password was changed',
    paragraphs: [`The password of the account @${username} was changed at ${timeOf(at)}.`, SECURE],
  }),
  EMAIL_CHANGE_STARTED: ({ username, at }) => ({
    subject: 'Your e-mail address is about to change',
    paragraphs: [
      `At ${timeOf(at)}, somebody asked for another e-mail address of the account @${username}. It changes when the new address is verified.`,
      'If it was not you, reset your password: the change is cancelled then, and all devices are logged out.',
    ],
  }),
  EMAIL_CHANGED: ({ username, at }) => ({
    subject: 'Your e-mail address was changed',
    paragraphs: [
      `The account @${username} has another e-mail address since ${timeOf(at)}. No more mail is sent to this one.`,
      'If it was not you, contact the people who run the service at once.',
    ],
  }),
  USERNAME_CHANGED: ({ username, at }) => ({
    subject: 'Your username was changed',
    paragraphs: [
      `Your username is @${username} since ${timeOf(at)}. The old one still leads to your account for 14 days.`,
      SECURE,
    ],
  }),
  NEW_DEVICE: ({ username, device, at }) => ({
    subject: 'New login to your account',
    paragraphs: [
      `Somebody logged in to the account @${username} at ${timeOf(at)} from a device or place that is new${device ? `: ${device}` : ''}.`,
      SECURE,
    ],
  }),
  WRONG_PASSWORDS: ({ username, at }) => ({
    subject: 'Many wrong passwords for your account',
    paragraphs: [
      `Until ${timeOf(at)}, somebody tried many wrong passwords for the account @${username}. Further attempts have to wait.`,
      'If it was not you, you need not do anything as long as your password is hard to guess and used nowhere else.',
    ],
  }),
  WRONG_CODES: ({ username, at }) => ({
    subject: 'Somebody knows your password',
    paragraphs: [
      `Until ${timeOf(at)}, somebody with the right password for the account @${username} tried several wrong codes of the second factor.`,
      'If it was not you, change your password: whoever it was knows the present one.',
    ],
  }),
  TWO_FACTOR_ENABLED: ({ username, at }) => ({
    subject: 'Your account has a second factor',
    paragraphs: [
      `Since ${timeOf(at)}, logins to the account @${username} need a code of your authenticator app. Keep the recovery codes in a safe place.`,
      'If it was not you, somebody knows your password: reset it, and contact the people who run the service.',
    ],
  }),
  TWO_FACTOR_DISABLED: ({ username, at }) => ({
    subject: 'Your account has no second factor any more',
    paragraphs: [`Since ${timeOf(at)}, logins to the account @${username} need the password only.`, SECURE],
  }),
  RECOVERY_CODE_USED: ({ username, at }) => ({
    subject: 'A recovery code was used',
    paragraphs: [
      `A recovery code of the account @${username} was used at ${timeOf(at)}. It cannot be used again.`,
      SECURE,
    ],
  }),
};

/** `2026-11-30 10:42 UTC` */
function timeOf(at: Date): string {
  return `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
