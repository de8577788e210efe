import { expect, test } from 'vitest';
import { mediaTypeFor, prefersPage } from './media-type.rules.ts';

const JSON_TYPE = 'application/json';
const RESPONSE = 'application/graphql-response+json';

test.each([
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['application/*', JSON_TYPE],
  [JSON_TYPE, JSON_TYPE],
  [RESPONSE, RESPONSE],
  ['application/graphql-response+json; charset=utf-8', RESPONSE],
  ['Application/GraphQL-Response+JSON', RESPONSE],
  [`${RESPONSE}, ${JSON_TYPE};q=0.9`, RESPONSE],
  [`${JSON_TYPE}, ${RESPONSE}`, JSON_TYPE],
  [`${RESPONSE}, ${JSON_TYPE}`, RESPONSE],
  [`${RESPONSE}, */*`, RESPONSE],
  [`${RESPONSE};q=0.1, ${JSON_TYPE};q=0.2`, JSON_TYPE],
  [`${JSON_TYPE};q=0, */*`, RESPONSE],
  ['text/html', null],
  [`${RESPONSE};q=0`, null],
  [`${JSON_TYPE};q=nonsense`, null],
])('%s is answered as %s', (accept, type) => expect(mediaTypeFor(accept)).toBe(type));

test.each([
  [undefined, false],
  ['*/*', false],
  ['text/html', true],
  ['text/*', true],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
  ['text/html;q=0.5, application/json', false],
  ['application/json;q=0.5, text/html', true],
  ['text/html;q=0', false],
])('%s prefers a page: %s', (accept, prefers) => expect(prefersPage(accept)).toBe(prefers));
