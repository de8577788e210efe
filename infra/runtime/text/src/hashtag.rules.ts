import { withoutAddresses } from './address.rules.ts';
import { hashtagKey } from './hashtag-key.rules.ts';
import { REGION_FLAG } from './region-flag.rules.ts';
import { isHarmfulText, normaliseText } from './text.rules.ts';

export type Hashtag = {
  /** See `hashtagKey`. */
  key: string;
  /** As it was written, without #. */
  name: string;
};

/**
 * Letters, marks and digits of any script, the underscore, joiners, and the punctuation that is a part of words in Hebrew, Tibetan,
 * Catalan and Japanese: what twitter-text takes, and emoji with their variations, flags among them, as Instagram does. Signs such as © and ™
 * are none, and neither are keycaps: a # or a digit in a box is a picture of its own, and ends a tag.
 */
const WORD = String.raw`(?:${REGION_FLAG}|(?!\u20e3)[\p{L}\p{M}\p{N}_\u200c\u200d\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u3003\u301c\u309b\u309c\u30a0\u30fb\uff5e\ua67e\p{Emoji_Modifier}\p{Regional_Indicator}]|(?![©®™‼⁉])\p{Extended_Pictographic})`;

/** Tags begin where no word goes on, so that `a#b` has none, and may follow each other, as in `#a#b`. */
const RUN = new RegExp(String.raw`(?<![\p{L}\p{N}\p{M}_&]|[#＃])(?:[#＃]${WORD}+)+(?!${WORD}|:\/\/)`, 'gu');
/** Behind an emoji stands the variation that it is shown in, which is a mark, but no word goes on. */
const VARIATIONS = /[\ufe0e\ufe0f](?=[#＃])/gu;
const KEYCAPS = /[0-9#*＃]\ufe0f?\u20e3/gu;

/**
 * A tag has something to look for: letters, pictures or flags. Letters that stand for an apostrophe or make a line longer are none: whoever searches for them would search for nothing.
 */
const HAS_CONTENT =
  /(?![\u02b9-\u02bf\u02c8\u02ca\u02cb\u0374\u0640\u07f4\u07f5\ua78b\ua78c])\p{L}|\p{Extended_Pictographic}|\p{Regional_Indicator}/u;

/** As long as a tag may be; what is longer is no tag. */
const MAX_HASHTAG = 100;

/** Whether a text is the key of a hashtag: neither empty nor digits alone, nor too long, nor with more marks than a script writes. */
export function isHashtagKey(key: string): boolean {
  return key.length <= MAX_HASHTAG && IS_WORD.test(key) && HAS_CONTENT.test(key) && !isHarmfulText(normaliseText(key));
}
const IS_WORD = new RegExp(`^(?:${WORD}|~)+$`, 'u');

/** Longer than any name of a hashtag, however it is folded: not looked at any closer. */
const MAX_NAME = 200;

/** The key of the hashtag that somebody names, with or without #, in any case; null where it is the name of none. */
export function parseHashtagName(name: string): string | null {
  const key = name.length <= MAX_NAME ? hashtagKey(name) : '';
  return isHashtagKey(key) ? key : null;
}

/** The hashtags of a text in its order, each once, as it was first written. Takes time in proportion to the text. */
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

/** Keys of the hashtags of a text, in its order, each once. */
export function extractHashtags(text: string): string[] {
  return findHashtags(text).map((tag) => tag.key);
}
