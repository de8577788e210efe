import { growthOf } from '@tintype/testing/growth';
import { expect, test } from 'vitest';
import { extractHashtags, findHashtags, isHashtagKey, parseHashtagName } from './hashtag.rules.ts';

test.each([
  ['The fog stayed. #sea #fog', ['sea', 'fog']],
  ['#One#two#THREE', ['one', 'two', 'three']],
  ['#sea and again #SEA', ['sea']],
  ['#2026 #2026goals #٤٠٦', ['2026goals']],
  ['#été #日本 #Привет', ['été', '日本', 'привет']],
  ['＃full ＃ＷＩＤＥ', ['full', 'wide']],
  ['a#b http://example.org/#top example.org/a#top &#39;', []],
  ['https://example.org/a?b=#c #sea', ['sea']],
  ['#sea/#fog', ['sea', 'fog']],
  ['#, # sea, #!', []],
  ['##sea', []],
  ['#❤️ #❤ #sea🌊 #👩🏽‍🚀', ['❤', 'sea🌊', '👩🏽🚀']],
  ['#🇮🇸 #brand™ #1️⃣', ['🇮🇸', 'brand']],
  ['#️⃣love #⃣love ＃️⃣love', []],
  ['#love1️⃣ #2⃣ #1️⃣st #a⃣b', ['love', 'a']],
  ['1️⃣#one 🇮🇸#two', ['one', 'two']],
  [
    '#🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}win',
    ['🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}win'],
  ],
  ['#ʼ #ـ #ʹ_', []],
  ['#ırmak #IRMAK #İzmir #izmir', ['ırmak', 'irmak', 'izmir']],
  ['#می\u200cخواهم #میخواهم', ['ميخواهم']],
  ['#\u200d #\u200c_', []],
])('the hashtags of %j are %j', (text, tags) => {
  expect(extractHashtags(text)).toEqual(tags);
  expect(tags.every(isHashtagKey)).toBe(true);
});

test('a hashtag is named as it was first written', () => {
  expect(findHashtags('#DeepSea and #deepsea')).toEqual([{ key: 'deepsea', name: 'DeepSea' }]);
});

test.each(['', '\u20e3love', '\u02bc', '12', 'a b', 'a#b', 'a'.repeat(101), '-', '\u0000a'])('%j is no key', (key) => {
  expect(isHashtagKey(key)).toBe(false);
});

test.each([
  ['Sea', 'sea'],
  ['#Sea', 'sea'],
  ['＃ＳＥＡ', 'sea'],
  ['', null],
  ['#', null],
  ['12', null],
  ['two words', 'twowords'],
  ['a#b', null],
  [`kelp${'\u0301'.repeat(9)}`, null],
  ['x'.repeat(10_000), null],
])('%j names the hashtag %j', (name, key) => {
  expect(parseHashtagName(name)).toBe(key);
});

test('hashtags are found in texts full of them', () => {
  expect(extractHashtags('#a'.repeat(1100))).toEqual(['a']);
  expect(extractHashtags(`#${'a'.repeat(2199)}`)).toEqual([]);
});

test.each(['#a', 'a.', '@a', '#a/', '#a://', 'http://a', '❤️#'])('hashtags are found in linear time in %s', (unit) => {
  expect(growthOf((times) => extractHashtags(unit.repeat(times)), 500)).toBeLessThan(24);
});
