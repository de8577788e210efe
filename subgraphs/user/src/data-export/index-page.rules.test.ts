import { textsIn } from '@tintype/language';
import { expect, test } from 'vitest';
import { PAGE_END, pagePost, pageStart } from './index-page.rules.ts';

const HOSTILE = `"><script>alert('1')</script>&'`;
const [en, de] = [textsIn('en'), textsIn('de')];
const file = (path: string) => ({ path });

test('whatever people wrote is text in the page', () => {
  const profile = { username: 'ann', displayName: HOSTILE, bio: HOSTILE, avatarKey: 'key', language: 'en' };
  const page = [
    pageStart(profile, ['posts.json'], en),
    pagePost(
      {
        caption: HOSTILE,
        publishedAt: '2026-11-30T10:42:00.000Z',
        photos: [{ altText: HOSTILE, original: file('photos/1-1.jpg'), preview: file('photos/1-1-preview.webp') }],
      },
      en,
    ),
    PAGE_END,
  ].join('');
  expect(page).not.toContain('<script');
  expect(page).not.toContain(`alt="">`);
  expect(page.match(/&lt;script&gt;/g)).toHaveLength(4);
  expect(page).toContain('<a href="photos/1-1.jpg"><img loading="lazy" src="photos/1-1-preview.webp"');
  expect(page).toContain('30 November 2026 at 10:42 UTC');
});

test('nobody needs a display name or a picture', () => {
  const page = pageStart({ username: 'ann', displayName: '', bio: '', avatarKey: null, language: 'en' }, [], en);
  expect(page).toContain('<h1 dir="auto">ann <small>@ann</small></h1>');
  expect(page).not.toContain('avatar');
});

test('the page is in the language of the person', () => {
  const profile = { username: 'ann', displayName: '', bio: '', avatarKey: null, language: 'de' };
  expect(pageStart(profile, [], de)).toMatch(/<html lang="de" dir="ltr">.*<h2>Daten<\/h2>.*<h2>Beiträge<\/h2>/s);
  expect(pagePost({ caption: '', publishedAt: null, photos: [] }, de)).toContain('nicht veröffentlicht');
});
