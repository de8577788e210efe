import { withoutAddresses } from './address.rules.ts';
import { hashtagKey } from './hashtag-key.rules.ts';
import { REGION_FLAG } from './region-flag.rules.ts';
import { isHarmfulText, normaliseText } from './text.rules.ts';

export type Hashtag = {
  /** See `hashtagKey`. */
  key: string;
  /** As written, without #. */
  name: string;
};

/**
 * Letters, marks and digits of any script, the underscore, joiners, and punctuation inside words of Hebrew, Tibetan,
 * Catalan and Japanese, as in twitter-text; also emoji with their variations and flags, as on Instagram. Signs such as
 * © and ™ are excluded, and so are keycaps: a # or a digit in a box is a picture, and ends a hashtag.
 */
const WORD = String.raw`(?:${REGION_FLAG}|(?!\u20e3)[\p{L}\p{M}\p{N}_\u200c\u200d\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u3003\u301c\u309b\u309c\u30a0\u30fb\uff5e\ua67e\p{Emoji_Modifier}\p{Regional_Indicator}]|(?![©®™‼⁉])\p{Extended_Pictographic})`;

/** A hashtag cannot begin inside a word (`a#b` has none), but may follow another one, as in `#a#b`. */
const RUN = new RegExp(String.raw`(?<![\p{L}\p{N}\p{M}_&]|[#＃])(?:[#＃]${WORD}+)+(?!${WORD}|:\/\/)`, 'gu');
/** An emoji may be followed by a variation selector, which is a mark but does not continue a word. */
const VARIATIONS = /[\ufe0e\ufe0f](?=[#＃])/gu;
const KEYCAPS = /[0-9#*＃]\ufe0f?\u20e3/gu;

/**
 * A hashtag must have something to search for: letters, pictographs or flags. Letters that stand for an apostrophe or
 * stretch a line do not count, because a search ignores them.
 */
const HAS_CONTENT =
  /(?![\u02b9-\u02bf\u02c8\u02ca\u02cb\u0374\u0640\u07f4\u07f5\ua78b\ua78c])\p{L}|\p{Extended_Pictographic}|\p{Regional_Indicator}/u;

/** The maximum length. Longer ones are not hashtags. */
export const MAX_HASHTAG = 100;

/**
 * Whether a text is the key of a hashtag: not empty, not only digits, not too long, and without more marks than a
 * script uses.
 */
export function isHashtagKey(key: string): boolean {
  return key.length <= MAX_HASHTAG && IS_WORD.test(key) && HAS_CONTENT.test(key) && !isHarmfulText(normaliseText(key));
}
const IS_WORD = new RegExp(`^(?:${WORD}|~)+$`, 'u');

/** Longer than any name of a hashtag, whatever its folding, so it is not examined further. */
const MAX_NAME = 200;

/** The key of the hashtag with this name, with or without #, in any case. Null if it is not the name of one. */
export function parseHashtagName(name: string): string | null {
  const key = name.length <= MAX_NAME ? hashtagKey(name) : '';
  return isHashtagKey(key) ? key : null;
}

/** The hashtags of a text in order, without duplicates, as they were first written. Takes linear time. */
export function findHashtags(text: string): Hashtag[] {
  const tags = new Map<string, Hashtag>();
  for (const [run] of withoutAddresses(text).replace(KEYCAPS, ' ').replace(VARIATIONS, ' ').matchAll(RUN)) {
    for (const name of run.split(/[#＃]/u).slice(1)) {
      const key = hashtagKey(name);
      if (name.length <= MAX_HASHTAG && isHashtagKey(key) && !tags.has(key)) tags.set(key, { key, name });
    }
  }
  return [...tags.values()];
}

/** The keys of the hashtags of a text, in order, without duplicates. */
export function extractHashtags(text: string): string[] {
  return findHashtags(text).map((tag) => tag.key);
}
