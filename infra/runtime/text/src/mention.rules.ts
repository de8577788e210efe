import { withoutAddresses } from './address.rules.ts';

/**
 * A username's own characters. Letters of scripts without spaces may stand before and after it; a Latin letter, or what e-mail
 * addresses and curses have around an @, may not.
 */
const MENTION =
  /(?<![\p{Script=Latin}\p{N}_.!@＠#＃$%&*])[@＠]([A-Za-z0-9._]{1,31})(?![A-Za-z0-9._@＠\p{M}\p{Script=Latin}]|:\/\/)/gu;
const USERNAME = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._]{0,29}$/;

/** Usernames that a text mentions, in its order, each once without regard to case, without @. A dot at the end is the sentence's. */
export function extractMentions(text: string): string[] {
  const names = new Map<string, string>();
  for (const [, found] of withoutAddresses(text).matchAll(MENTION)) {
    const name = found!.replace(/\.+$/, '');
    if (USERNAME.test(name)) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}
