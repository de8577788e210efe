import { describe, expect, test } from 'vitest';
import { parsePostLink, postLink } from './post-link.ts';

describe.each(['https://tintype.example', 'http://127.0.0.1:4000', 'https://example.org/photos'])(
  'links below %s',
  (publicUrl) => {
    test.each([1n, 7_218_938_124_304_384n, 2n ** 63n - 1n])('of post %s lead back to it', (id) => {
      const link = postLink(publicUrl, id);
      for (const given of [link, link.replace('http', 'HTTP'), `${link}?utm_source=mail`, `${link}#comments`])
        expect(parsePostLink(publicUrl, given), given).toBe(id);
    });

    test.each([
      '',
      '/',
      '1',
      '/p/1',
      `${publicUrl}/p/`,
      `${publicUrl}/p/0x1`,
      `${publicUrl}/p/1/`,
      `${publicUrl}/p/1/2`,
      `${publicUrl}//p/1`,
      `${publicUrl}/p/%31`,
      `${publicUrl}/q/1`,
    ])('do not include %j', (text) => {
      expect(parsePostLink(publicUrl, text)).toBeNull();
    });
  },
);

test('links of other platforms are not followed', () => {
  for (const link of ['https://other.example/p/1', 'http://tintype.example/p/1', 'https://tintype.example:8443/p/1'])
    expect(parsePostLink('https://tintype.example', link), link).toBeNull();
  expect(parsePostLink('https://tintype.example', 'https://user:secret@tintype.example/p/1')).toBeNull();
  expect(parsePostLink('https://tintype.example', 'https://TINTYPE.example:443/p/1')).toBe(1n);
  expect(parsePostLink('https://example.org/photos', 'https://example.org/p/1')).toBeNull();
});
