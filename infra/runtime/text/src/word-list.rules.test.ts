import { growthOf } from '@tintype/testing/growth';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileWordList, type ListedWord, parseListedWord } from './word-list.rules.ts';

const compile = (...words: string[]) => compileWordList(words.map((word) => parseListedWord(word)!));

describe('a word is found', () => {
  const isFound = compile('spamalot', 'snark*', 'хрюк', 'grüffel', 'รถไฟ', '東京', 'слизень', '바보', 'كلب', 'قذر*');

  test.each([
    'spamalot',
    'Well, SPAMALOT!',
    '#spamalot',
    '@spamalot',
    'https://example.org/spamalot?x',
    'say_spamalot_now',
    'i.say.spamalot',
    "spamalot's",
    '«spamalot»',
    'ｓｐａｍａｌｏｔ',
    '𝓼𝓹𝓪𝓶𝓪𝓵𝓸𝓽',
    'ⓢⓟⓐⓜⓐⓛⓞⓣ',
    '🆂🅿🅰🅼🅰🅻🅾🆃',
    'ꜱᴘᴀᴍᴀʟᴏᴛ',
    'spam\u200balot',
    'spam\u00adalot',
    's\u2060p\u200da\u200cm\ufe0falot',
    's\u0336p\u0336a\u0336malot',
    's\u0308pamalo\u0361t',
    'sраmаlоt',
    'spamalοt',
    'SРАМАLОТ',
    'sp4mal0t',
    '5pama1ot',
    'sp@malot',
    'spam@lot',
    '$pamalot',
    'spamal0t$',
    '$p4malot',
    'spam@l¡t, sp@m@lot',
    ...['’', "'", 'ʼ', '`', '\u00b4', '-', '\u2010', '_', '*', '**', '~', '|', '•', '🔥', '👋🏽'].map(
      (sign) => `sp${sign}am${sign}alot`,
    ),
    "sp'amalot's",
    'SPAM’ALOT’D',
    'spaaaaamalot',
    'spamalottttt',
    's p a m a l o t',
    's.p.a.m.a.l.o.t',
    'S-P-A-M-A-L-O-T',
    'spamalot99',
    '2026spamalot',
    'GreatSpamalot',
    'snark',
    'snarks and snarking',
    'хрюк',
    'ХРЮК',
    'xрюк',
    'xpюк',
    'слиз3нь',
    'слизeнь',
    'I s p a m a l o t',
    'we all s p a m a l o t u',
    's  p  a  m  a  l  o  t',
    's\u2011p\u2011a\u2011m\u2011a\u2011l\u2011o\u2011t',
    's/p/a/m/a/l/o/t',
    's\u0e48pamalot',
    'Grüffel',
    'GRÜFFEL',
    'gru\u0308ffel',
    'ฉันนั่งรถไฟไปทำงาน',
    ...'바보 바보야 바보는 바보들 바보들이 바보ㅋㅋ 바보입니다 #바보야 바보라고 바보에게 ㅋㅋ바보 ㅠ바보야ㅠ'.split(
      ' ',
    ),
    ...'كلب الكلب والكلب بالكلب للكلب كَلْب كـــلب القذرة والقذر'.split(' '),
    '東京に行きます',
    'Tokyoは東京',
  ])('in %j', (text) => expect(isFound(text)).toBe(true));

  test.each([
    '',
    'spam a lot',
    'spamaloting',
    'unspamalot',
    'iamspamalot',
    'sp.amalot',
    'sp/amalot',
    'sp amalot',
    '@spamal',
    'spamal@ot.example',
    'spamal',
    'the snar and the Xsnark',
    'gruffel',
    'Gruffel',
    'хрю',
    'хрюкать',
    '바보상자',
    '이바보람',
    'كلبة',
    'مكلب',
    '京都',
    'รถยนต์',
  ])('not in %j', (text) => expect(isFound(text)).toBe(false));

  test('with accents as they are: a year is not an anus', () => {
    expect(compile('ano')('Feliz año nuevo')).toBe(false);
    expect(compile('ano')('ano')).toBe(true);
  });

  test('not across the words of scripts without spaces', () => {
    // The prefecture of Tokyo contains the letters of Kyoto.
    expect(compile('京都')('東京都に住む')).toBe(false);
    expect(compile('京都')('京都に住む')).toBe(true);
  });
});

describe('innocent words', () => {
  const isFound = compile(
    ...'ass arse cock cum cunt dick fag hell hoe homo nazi nig penis pot prick pussy rape sex shit slut spic tit tits twat wank anal'.split(
      ' ',
    ),
  );

  test.each([
    'Scunthorpe, Penistone, Lightwater, Clitheroe, Essex, Sussex, Middlesex and Shitterton',
    'A classic assassin assesses the class, the grass and a compass',
    'Hancock, peacocks and cocktails in the cockpit',
    'Cucumbers, circumstances, documents and the accumulator',
    'A therapist drapes grapes beside the trapeze',
    'Analysis of a canal, an analogue and a banal psychoanalyst',
    'Titles, titans, entities and constitutions',
    'Shiitake, a swastika-free suspicious spice, a conspicuous picnic',
    'Hello, shell, Rochelle and Michelle',
    'Moby Dickens, Dickinson, prickly pears',
    'Homonyms, homologous and homogeneous',
    'The A55 and the A5 to Bangor, B52, 4x4, K9, 8th of May, 1st',
    'Sıkıntı yok, dıkkat, ılık',
    'Arsenal arsenic parsed, Nigeria, Niger and night',
    'U. S. A., R. E. M. and J. R. R. Tolkien',
    'shovels, shoes and Idaho',
    "He’ll and she'll go if they'd go, it's HE’LL",
    'US$5, S$ 10, A$ 3, $20 and 5$',
    'Slu! Naz! Di! Wow!It is',
    '@ss and @nal are people',
    'an all-inclusive week at a well-known pen-and-ink show, X-ray, e-mail',
    'I lost a pen.Is it here? My pen, is it there?',
    'Я открыл рот и увидел кота',
    'Сок, нос, тополь и мама',
    'Το ποτό και η νύχτα',
    'me@example.org, https://example.org/a/b?c=d',
    '東京都の公園',
    'ฉันรักเธอ',
  ])('are left alone: %s', (text) => expect(isFound(text)).toBe(false));

  test('of another alphabet are not taken for Latin ones, but disguises are', () => {
    expect(isFound('Открой рот')).toBe(false);
    expect(isFound('рot')).toBe(true);
    expect(isFound('smoke рот now')).toBe(true);
  });
});

describe('a phrase', () => {
  const isFound = compile('buy now', '나쁜 바보', 'كلب قذر*', '東京 tower');

  test.each([
    'Buy now!',
    'buy  now',
    'BUY-N0W',
    'please buy 👉 now',
    'buy n\u043ew',
    '나쁜 바보들이',
    'الكلب والقذرة',
    '東京 Tower',
  ])('is found in %j', (text) => expect(isFound(text)).toBe(true));

  test.each(['buy', 'now buy', 'buy it now', 'buyer now', 'buy nowadays', '바보 나쁜'])('is not found in %j', (text) =>
    expect(isFound(text)).toBe(false),
  );
});

describe('a list has', () => {
  test.each<[string, ListedWord]>([
    ['Word', { keys: ['word'], isPrefix: false }],
    ['  Word* ', { keys: ['word'], isPrefix: true }],
    ['Two Words', { keys: ['two', 'words'], isPrefix: false }],
    ['mother-in-law*', { keys: ['mother', 'in', 'law'], isPrefix: true }],
    ['don’t', { keys: ['don', 't'], isPrefix: false }],
    ['東京 Tower', { keys: ['東京', 'tower'], isPrefix: false }],
    ['死', { keys: ['死'], isPrefix: false }],
  ])('%j', (text, word) => expect(parseListedWord(text)).toEqual(word));

  test.each(['', '*', 'a', 'a*', '#tag', 'w*d', '**', '🌊', '-', 'C++', 'a.b', '-50'])('not %j', (text) =>
    expect(parseListedWord(text)).toBeNull(),
  );

  test('nothing, and then finds nothing', () => {
    expect(compile()('anything')).toBe(false);
  });

  test('words that are found as they were written, whatever they are', () => {
    const word = fc.stringMatching(/^[a-zа-яα-ωéüßñ0-9]{2,12}$/u);
    fc.assert(
      fc.property(word, (text) => {
        expect(compile(text)(`before ${text.toUpperCase()} after`)).toBe(true);
      }),
    );
  });
});

describe('time', () => {
  const words = Array.from({ length: 5000 }, (_, n) => parseListedWord(`word${n.toString(36)}${n % 9 ? '' : '*'}`)!);
  const isFound = compileWordList([...words, parseListedWord('รถไฟ')!, parseListedWord('word here')!]);

  test('no character becomes more than six', () => {
    let longest = 0;
    for (let code = 0; code < 0x30000; code++) {
      const character = String.fromCodePoint(code);
      if (!/[\ufdfa\ufdfb]/.test(character)) longest = Math.max(longest, [...character.normalize('NFKC')].length);
    }
    expect(longest).toBe(6);
  });

  test.each([
    'word ',
    'ﷺ',
    'ﷺ ',
    '㌖',
    's / ',
    'wörd',
    'a1',
    'aA',
    'a.',
    's\u0336',
    'รถยนต์',
    '東京都',
    'рот ',
    '$a',
    'aaaa ',
    'a-',
    "a'",
    "a's",
    '!!a',
    '🔥',
  ])('is linear in the length of the text in %s', (unit) => {
    expect(growthOf((times) => isFound(unit.repeat(times)), 500)).toBeLessThan(24);
  });
});
