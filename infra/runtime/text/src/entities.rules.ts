import { hashtagKey } from './hashtag-key.rules.ts';

/** Letters, digits and marks of any script, joiners between them, and the underscore. */
const WORD = String.raw`[\p{L}\p{N}\p{M}_\u200c\u200d\u00b7]`;

/** A tag begins where no word goes on, so that `a#b` and addresses have none; tags may follow each other, as in `#a#b`. */
const HASHTAG = new RegExp(
  String.raw`(?<![\p{L}\p{N}\p{M}_&/])[#＃](${WORD}+)|(?<=[#＃]${WORD}+)[#＃](${WORD}+)`,
  'gu',
);
const HAS_LETTER = /\p{L}/u;

/** A username's own characters; a dot at the end is the sentence's. */
const MENTION = /(?<![\p{L}\p{N}_.@/])[@＠]([A-Za-z0-9._]{1,31})/gu;
const USERNAME = /^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9._]{0,29}$/;

/** As long as a tag may be; what is longer is no tag. */
const MAX_HASHTAG = 100;

/** Keys of the hashtags of a text (see `hashtagKey`), in its order, each once. Digits alone are no tag. */
export function extractHashtags(text: string): string[] {
  const tags = new Set<string>();
  for (const [, first, following] of text.matchAll(HASHTAG)) {
    const tag = hashtagKey((first ?? following)!);
    if (HAS_LETTER.test(tag) && tag.length <= MAX_HASHTAG) tags.add(tag);
  }
  return [...tags];
}

/** Usernames that a text mentions, in its order, each once without regard to case, without @. */
export function extractMentions(text: string): string[] {
  const names = new Map<string, string>();
  for (const [, found] of text.matchAll(MENTION)) {
    const name = found!.replace(/\.+$/, '');
    if (USERNAME.test(name)) names.set(name.toLowerCase(), name);
  }
  return [...names.values()];
}
