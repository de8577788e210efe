import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { ANALYSER } from './analyser.ts';
import { hashtagFields, postFields, userFields } from './fields.rules.ts';

const TEXTS = [
  'The quick brown fox-trot of L’Été à Saint-Malo, aujourd’hui',
  'ÆØÅ Straße İstanbul ısparta ŁÓDŹ Ёлка ΟΔΥΣΣΕΥΣ',
  'مُحَمَّد علي یوسفی كتاب کتاب مدرسة می\u200cخواهم ١٢٣ ۱۲۳',
  '山田 太郎 東京タワー ラーメン らーめん ﾊﾝｶｸ',
  '김하윤 아이스 커피 닭ㅋㅋ',
  'القاهرة والناس الله',
  'ภาพถ่าย ทะเล नीला सागर שָׁלוֹם צה״ל',
  '🇮🇸 🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f} 👩🏽‍🚀 ❤️ #️⃣ col·lecció',
];

// If this fails, the words of documents have changed. Increment `ANALYSER`, so that indexes are built again, and add
// its line here.
const FINGERPRINTS: Record<number, string> = { 3: 'aca59b38c5c1a8e2' };

test('words that are indexed change with the number of the analyser alone', () => {
  const fields = TEXTS.flatMap((text) => [
    userFields({ username: 'maren.lund_3', displayName: text }),
    hashtagFields({ id: text.replace(/\s/g, '') }),
    postFields({ caption: text, hashtags: ['sea🌊'] }),
  ]);
  expect(createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16)).toBe(FINGERPRINTS[ANALYSER]);
});
