import { withoutAddresses } from './address.rules.ts';

/**
 * The characters of a username. Letters of scripts without spaces may stand before and after it. Latin letters may not,
 * nor may characters that surround an @ in e-mail addresses and curses.
 */
const MENTION =
  /(?<![\p{Script=Latin}\p{N}_.!@＠#＃$%&*])[@＠]([A-Za-z0-9._]{1,31})(?![A-Za-z0-9._@＠\p{M}\p{Script=Latin}]|:\/\/)/gu;
const USERNAME = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._]{0,29}$/;

/** A part of a text, in UTF-16 code units, that mentions a person. It begins with @. */
export type Mention = { username: string; start: number; end: number };

/** The mentions in a text, in order. A final dot belongs to the sentence. */
export function findMentions(text: string): Mention[] {
  return [...withoutAddresses(text).matchAll(MENTION)].flatMap(({ index, 1: found }) => {
    const username = found!.replace(/\.+$/, '');
    return USERNAME.test(username) ? [{ username, start: index, end: index + 1 + username.length }] : [];
  });
}

/** The usernames that a text mentions, in order, without @ and without duplicates in any case. */
export function extractMentions(text: string): string[] {
  const names = new Map<string, string>();
  for (const { username } of findMentions(text)) names.set(username.toLowerCase(), username);
  return [...names.values()];
}
