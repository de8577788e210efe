import { withoutAddresses } from './address.rules.ts';

/**
 * The characters of a username. Letters of scripts without spaces may stand before and after it. Latin letters may not,
 * nor may characters that surround an @ in e-mail addresses and curses.
 */
const MENTION =
  /(?<![\p{Script=Latin}\p{N}_.!@＠#＃$%&*])[@＠]([A-Za-z0-9._]{1,31})(?![A-Za-z0-9._@＠\p{M}\p{Script=Latin}]|:\/\/)/gu;
const USERNAME = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._]{0,29}$/;

/**
 * The usernames that a text mentions, in order, without @ and without duplicates in any case. A final dot belongs to
 * the sentence.
 */
export function extractMentions(text: string): string[] {
  const names = new Map<string, string>();
  for (const [, found] of withoutAddresses(text).matchAll(MENTION)) {
    const name = found!.replace(/\.+$/, '');
    if (USERNAME.test(name)) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}
