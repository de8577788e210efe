import { growthOf } from '@tintype/testing/growth';
import { expect, test } from 'vitest';
import { findLinks, parseWebUrl } from './link.rules.ts';

test.each([
  ['see https://example.org.', ['https://example.org']],
  ['🌊 (http://example.org/a_(b)), too', ['http://example.org/a_(b)']],
  ['photos.example/prints, and example.org', ['photos.example/prints']],
  ['HTTPS://Example.ORG/x?y=z#w!', ['HTTPS://Example.ORG/x?y=z#w']],
  ['https://a.example https://b.example', ['https://a.example', 'https://b.example']],
  ['https:// ftp://example.org javascript://example.org/%0aalert(1)', []],
  ['https://user:password@example.org https://bank.example@evil.example', []],
  ['me@example.org/x @a.example/x', []],
])('the links of %j are %j', (text, links) => {
  const found = findLinks(text);
  expect(found.map(({ start, end }) => text.slice(start, end))).toEqual(links);
  for (const { url } of found) expect(new URL(url).href).toBe(url);
});

test.each([
  ['https://example.org', 'https://example.org/'],
  ['http://example.org/a b', 'http://example.org/a%20b'],
  ['https://аpple.example', 'https://xn--pple-43d.example/'],
  ['javascript:alert(1)', null],
  ['data:text/html,x', null],
  ['//example.org', null],
  ['https://', null],
  ['', null],
])('the canonical form of %j is %j', (text, url) => {
  expect(parseWebUrl(text)).toBe(url);
});

test.each(['https://a.b/', 'a.example/', ')', '.', 'https://a.b/)', 'https://'])(
  'links are found in linear time in %s',
  (unit) => {
    expect(growthOf((times) => findLinks(unit.repeat(times)), 500)).toBeLessThan(24);
  },
);
