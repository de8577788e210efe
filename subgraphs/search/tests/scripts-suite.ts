import { beforeAll, describe, expect, test } from 'vitest';
import { parseQuery } from '#text/query.rules.ts';
import { fieldsOf, rankOf } from '#text/rank.rules.ts';
import { person, post, tag } from './documents.ts';
import type { DriverFixture } from './driver.fixture.ts';

/** Finds texts in every script, even if they are spelled differently in the query. */
export function describeScripts(driver: DriverFixture): void {
  const { ids, ranked } = driver;

  describe('scripts', () => {
    const captions = [
      '北京胡同的夜景',
      '北京 胡同',
      '아이스커피 한 잔',
      'L’été à la mer',
      "l'œuvre au noir",
      'rendez-vous à Saint-Malo',
      'مدرسة أحمد الكبيرة',
      'ラーメンが好き',
      'ถ่ายภาพ ทะเล',
      'Flags: 🇮🇸 🇳🇴',
      '한국 여행',
      '쿠키 굽는 닭',
      'ㅋㅋㅋ 파라노마',
      'ليل القاهرة',
      'قاهرة المعز',
    ];
    const names = [
      '山田太郎',
      '山田 花子',
      '김하윤',
      '김 민준',
      'สมชาย ใจดี',
      'علی یوسفی',
      'Anna Wolf',
      'François d’Été',
      '林志玲',
    ];

    beforeAll(async () => {
      await driver.empty();
      await driver.index.upsert(
        'posts',
        captions.map((caption, at) => post(at + 1, 7, caption)),
      );
      await driver.index.upsert(
        'users',
        names.map((displayName, at) => person(at + 1, `person${at + 1}`, { displayName })),
      );
      await driver.index.upsert('hashtags', [tag('🇮🇸'), tag('iceland🇮🇸'), tag('صيف'), tag('らーめん')]);
    });

    const found = (caption: string) => String(captions.indexOf(caption) + 1);
    test.each([
      ['北京 胡同', [captions[0]!, captions[1]!]],
      ['胡同北京', []],
      ['北京胡同', [captions[0]!, captions[1]!]],
      ['夜景 ', [captions[0]!]],
      ['커피', [captions[2]!]],
      ['아이스 커피', [captions[2]!]],
      ['été', [captions[3]!]],
      ['l été', [captions[3]!]],
      ["l'ete", [captions[3]!]],
      ['lete', [captions[3]!]],
      ['l oeuvre', [captions[4]!]],
      ['oeuvre ', [captions[4]!]],
      ['lˈœuvre', [captions[4]!]],
      ['rendez vous', [captions[5]!]],
      ['rendezvous', [captions[5]!]],
      ['rendez‑vous malo', [captions[5]!]],
      ['مدرسه احمد', [captions[6]!]],
      ['مدرســة', [captions[6]!]],
      ['らーめん', [captions[7]!]],
      ['ﾗｰﾒﾝ', [captions[7]!]],
      ['ภาพทะเล', [captions[8]!]],
      ['ทะเล ', [captions[8]!]],
      ['🇳🇴', [captions[9]!]],
      ['🇳🇮', []],
      // Half a word, as people type it.
      ['ㅎ', [captions[2]!, captions[10]!]],
      ['하', [captions[2]!, captions[10]!]],
      ['한', [captions[2]!, captions[10]!]],
      ['한ㄱ', [captions[10]!]],
      ['한구', [captions[10]!]],
      ['한국ㅇ', [captions[10]!]],
      ['한국여', [captions[10]!]],
      ['한국 여해', [captions[10]!]],
      ['한구 ', []],
      ['달', [captions[11]!]],
      ['닭', [captions[11]!]],
      ['파란', [captions[12]!]],
      ['파랑', []],
      // Initials.
      ['ㅎㄱ', [captions[10]!]],
      ['ㅇㅅㅋ', [captions[2]!]],
      ['여행 ㅎㄱ', [captions[10]!]],
      ['ㅋㅋ', [captions[12]!, captions[11]!]],
      ['ㅎㄲ', []],
      // Words with and without an article.
      ['قاهرة', [captions[13]!, captions[14]!]],
      ['القاهرة', [captions[13]!, captions[14]!]],
      ['للقاهرة ', [captions[13]!, captions[14]!]],
      ['قاه', [captions[13]!, captions[14]!]],
      ['الق', [captions[13]!]],
    ])('the caption for %j is found', async (text, expected) => {
      expect((await ids('posts', text)).sort()).toEqual(expected.map(found).sort());
    });

    test.each([
      ['山田 太郎', '山田太郎'],
      ['太郎 山田', '山田太郎'],
      ['太郎山田', '山田太郎'],
      ['山田花子', '山田 花子'],
      ['花子 山田', '山田 花子'],
      ['하윤', '김하윤'],
      ['김 하윤', '김하윤'],
      ['하윤 김', '김하윤'],
      ['김민준', '김 민준'],
      ['สมชายใจดี', 'สมชาย ใจดี'],
      ['ใจดี สมชาย ', 'สมชาย ใจดี'],
      ['علي يوسفي', 'علی یوسفی'],
      ['annawolf', 'Anna Wolf'],
      ['WOLF anna', 'Anna Wolf'],
      ['ete', 'François d’Été'],
      ['林 志玲', '林志玲'],
      ['志玲 林', '林志玲'],
    ])('%j finds the person called %j', async (text, name) => {
      expect(await ids('users', text)).toContain(String(names.indexOf(name) + 1));
    });

    test.each([
      ['#🇮🇸', '🇮🇸'],
      ['#Iceland🇮🇸', 'iceland🇮🇸'],
      ['#صیف', 'صيف'],
      ['#صَيْف', 'صيف'],
      ['#ラーメン', 'らーめん'],
    ])('%s finds its hashtag first', async (text, key) => {
      expect((await ids('hashtags', text))[0]).toBe(key);
    });

    test('the quality of a hit is as stated', async () => {
      for (const text of ['北京 胡同', 'l oeuvre', 'ete', 'wol', 'ann', 'person1']) {
        for (const collection of ['users', 'hashtags', 'posts'] as const) {
          for (const { document, rank } of await ranked(collection, text)) {
            expect(rank, `${text} in ${collection} ${document.id}`).toBe(
              rankOf(fieldsOf(collection, document), parseQuery(text)),
            );
          }
        }
      }
    });
  });
}
