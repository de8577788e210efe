import { textsIn } from '@tintype/language';
import { expect, test } from 'vitest';
import { type SharedPost, sharePage } from './share-page.ts';

const [en, de] = [textsIn('en'), textsIn('de')];

const post: SharedPost = {
  caption: 'Fog "over" <script>alert(1)</script>',
  author: { username: 'anna', displayName: "Anna's <b>" },
  media: [
    { altText: '"><img src=x>', standard: { url: 'https://media.example/a.webp', width: 1080, height: 810 } },
    { altText: 'not there yet', standard: null },
  ],
  likeCount: 3,
  commentCount: 1,
};

test('a page shows a post and its preview, and nothing that people wrote as markup', () => {
  const page = sharePage(en, post, 'https://tintype.example/p/1');
  expect(page).toContain('<meta property="og:image" content="https://media.example/a.webp">');
  expect(page).toContain('Anna&#39;s &lt;b&gt; on Tintype');
  expect(page).toContain('3 likes · 1 comment<');
  expect(page).not.toMatch(/<script|<b>|src=x>/);
  expect(page.match(/<img /g)).toHaveLength(1);
});

test('a post of a deleted author has a page, too', () => {
  expect(sharePage(en, { ...post, author: null }, 'https://tintype.example/p/1')).toContain('Someone on Tintype');
});

test('a page is in the language of its reader', () => {
  const page = sharePage(de, { ...post, likeCount: 0, commentCount: 21 }, 'https://tintype.example/p/1');
  expect(page).toContain('<html lang="de" dir="ltr">');
  expect(page).toContain('Anna&#39;s &lt;b&gt; auf Tintype');
  expect(page).toContain('Gefällt noch niemandem · 21 Kommentare<');
});
