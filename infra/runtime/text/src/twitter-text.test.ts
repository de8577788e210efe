import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { extractHashtags, findHashtags } from './hashtag.rules.ts';
import { hashtagKey } from './hashtag-key.rules.ts';
import { extractMentions } from './mention.rules.ts';

// If available, the cases of twitter-text's conformance suite are beside the repository.
const SHARED = process.env.TINTYPE_SHARED_DATA ?? fileURLToPath(new URL('../../../../../shared/data', import.meta.url));
const FILE = `${SHARED}/text/twitter-text-extract.yml`;
const isHere = existsSync(FILE);

type Case = { section: string; description: string; text: string; expected: string[] };

/** Parses the YAML strings of these cases: JSON strings with `\U` for eight digits. */
function unquoted<Value>(yaml: string): Value {
  const json = yaml.replace(/\\U([0-9A-Fa-f]{8})/g, (_, code) => String.fromCodePoint(Number.parseInt(code, 16)));
  return JSON.parse(json) as Value;
}

function readCases(sections: readonly string[]): Case[] {
  if (!isHere) return [];
  const cases: Case[] = [];
  let section = '';
  let [description, text] = ['', ''];
  for (const line of readFileSync(FILE, 'utf8').split('\n')) {
    const heading = /^ {2}(\w+):$/.exec(line);
    if (heading) section = heading[1]!;
    if (!sections.includes(section)) continue;
    const [, key, value] = /^ {4,6}(?:- )?(description|text|expected): (.+)$/.exec(line) ?? [];
    if (key === 'description') description = unquoted(value!);
    if (key === 'text') text = unquoted(value!);
    if (key === 'expected') cases.push({ section, description, text, expected: unquoted(value!) });
  }
  return cases;
}

/** Where we differ, and why, by the text in the file. */
const DIFFERENCES: Record<string, { ours: string[]; why: string }> = {};
const NO_RETWEETS = 'there are no retweets: behind RT, as behind every word, an @ is taken for an address';
for (const rt of ['RT', 'rt', 'Rt', 'rT']) {
  DIFFERENCES[`${rt}@username ${rt}:@mention ${rt} @test`] = { ours: ['mention', 'test'], why: NO_RETWEETS };
}

const unique = (values: string[]) => [...new Set(values)];

describe.runIf(isHere)('the cases of twitter-text', () => {
  const hashtags = readCases(['hashtags', 'hashtags_from_astral']);
  const mentions = readCases(['mentions']);

  test('are all read', () => {
    expect([hashtags.length, mentions.length]).toEqual([65 + 3, 23]);
  });

  test.each(hashtags)('hashtags: $description', ({ text, expected }) => {
    const wanted = DIFFERENCES[text]?.ours ?? expected;
    // We list a hashtag once, by its key, which ignores joiners, width and case.
    expect(findHashtags(text).map((tag) => tag.name)).toEqual(unique(wanted));
    expect(extractHashtags(text)).toEqual(unique(wanted.map(hashtagKey)));
  });

  test.each(mentions)('mentions: $description', ({ text, expected }) => {
    expect(extractMentions(text)).toEqual(unique(DIFFERENCES[text]?.ours ?? expected));
  });

  test.each(Object.entries(DIFFERENCES))('differ from ours in %j', (text, { ours, why }) => {
    const theirs = [...hashtags, ...mentions].find((one) => one.text === text)?.expected;
    expect(theirs, 'it is still a case').toBeDefined();
    expect(ours, `it does not differ any more: ${why}`).not.toEqual(theirs);
  });
});

// Not covered by the cases. Instagram has its own rules.
describe('beyond the cases of twitter-text', () => {
  test.each([
    ['#a#b', ['a', 'b'], 'tags may follow each other; on Twitter neither is one'],
    ['#❤️', ['❤'], 'emoji are tags, and with or without the variation that shows them in colour the same'],
    ['#sea🌊', ['sea🌊'], 'emoji are parts of tags; on Twitter they end them'],
    ['＃sea', ['sea'], 'a full-width # is one, as on Twitter'],
    ['#2026', [], 'digits alone are a place in a list, as on Twitter'],
    ['#ın #in', ['ın', 'in'], 'a dotless i is a letter of its own'],
    ['#İn #in', ['in'], 'a capital i with its dot is the same tag as a small one'],
    ['#ශ්‍රීලංකා #ශ්රීලංකා', ['ශ්රීලංකා'], 'joiners change how letters look and not which tag it is'],
  ])('%j has %j: %s', (text, tags) => {
    expect(extractHashtags(text)).toEqual(tags);
  });
});

test.skipIf(isHere)(
  'the cases of twitter-text are not at hand here: ../shared/data/text/twitter-text-extract.yml',
  () => {},
);
