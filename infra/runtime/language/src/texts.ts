import { IntlMessageFormat } from 'intl-messageformat';
import type { MessageArguments } from '#generated/message-arguments.ts';
import { htmlAttributes, isolate } from './direction.rules.ts';
import { CATALOGS, LANGUAGES, type Language, type MessageKey } from './language.rules.ts';

/** What all messages take that one of these keys may name: `unknown` if none has arguments. */
type ArgumentsOf<Key extends MessageKey> = (
  Key extends unknown
    ? (values: MessageArguments[Key]) => void
    : never
) extends (values: infer All) => void
  ? All
  : never;

type Given<Key extends MessageKey> = unknown extends ArgumentsOf<Key> ? [] : [values: ArgumentsOf<Key> & object];

/** The texts in one language. */
export type Texts = {
  language: Language;
  /** A message as plain text. Texts among the values are isolated if they are written in another direction. */
  text<Key extends MessageKey>(key: Key, ...given: Given<Key>): string;
  /** `anna, bob and cleo` */
  list(items: readonly string[]): string;
  /** `lang` and `dir` of an HTML element. */
  htmlAttributes: string;
};

/** The format `moment`, such as `30 November 2026 at 10:42 UTC`. */
const FORMATS = {
  date: {
    moment: {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'UTC',
      timeZoneName: 'short',
    },
  },
} as const;

const TEXTS: ReadonlyMap<Language, Texts> = new Map(LANGUAGES.map((language) => [language, createTexts(language)]));

export function textsIn(language: Language): Texts {
  return TEXTS.get(language)!;
}

/** Messages are parsed when they are first used. */
function createTexts(language: Language): Texts {
  const { locale, messages } = CATALOGS[language];
  const parsed = new Map<MessageKey, IntlMessageFormat>();
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const formatOf = (key: MessageKey): IntlMessageFormat => {
    const known = parsed.get(key);
    if (known) return known;
    const format = new IntlMessageFormat(messages[key], locale, FORMATS, { ignoreTag: true });
    parsed.set(key, format);
    return format;
  };
  const write = (key: MessageKey, values: object): string => {
    const shown = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'string' ? isolate(value, language) : value,
    ]);
    return String(formatOf(key).format(Object.fromEntries(shown)));
  };
  return {
    language,
    text: (key: MessageKey, ...given: readonly object[]) => write(key, given[0] ?? {}),
    list: (items) => lists.format(items.map((item) => isolate(item, language))),
    htmlAttributes: htmlAttributes(language),
  };
}
