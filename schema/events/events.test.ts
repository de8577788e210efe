import { type EventEnvelope, readEvent, UnprocessableEventError } from '@tintype/events';
import { eventSamples } from '@tintype/testing/event-samples';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENTS, type EventType } from '../generated/events.ts';

const TYPES = Object.keys(EVENTS) as EventType[];

let lastId = 100;
const id = () => String(++lastId);
const samples = eventSamples(id, { userId: id(), uploadId: id() });

function anEvent(type: string, data: unknown): EventEnvelope {
  return {
    specversion: '1.0',
    id: '1',
    source: '/tintype/test',
    type,
    subject: 'test',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: '1',
    data,
  };
}
const read = (type: string, data: unknown) => readEvent(EVENTS, anEvent(type, data))?.data;

test.each(TYPES)('%s is read as it is published', (type) => {
  // Compared as JSON, because numbers are bigints after reading.
  const written = JSON.stringify(read(type, samples[type]), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const published = JSON.stringify(samples[type], (key, value) =>
    key.endsWith('Ms') && value ? String(value) : value,
  );
  expect(JSON.parse(written)).toEqual(JSON.parse(published));
});

/** The value with additional fields in each of its objects, as a later version may have them. */
function grown(value: unknown, fields: object): unknown {
  if (Array.isArray(value)) return value.map((item) => grown(item, fields));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, grown(inner, fields)]);
  return { ...fields, ...Object.fromEntries(entries) };
}

test('fields of a later version do no harm', () => {
  const fields = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 5 });
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), fields, (type, added) => {
      expect(read(type, grown(samples[type], added))).toEqual(read(type, samples[type]));
    }),
  );
});

/** Events that earlier versions published, with the expected data. */
const RECORDED: [EventType, unknown, object][] = [
  [
    'tintype.post.post.published.v1',
    { postId: '7', authorId: '8', publishedMs: 1767225600000 },
    {
      postId: 7n,
      authorId: 8n,
      audience: 'EVERYONE',
      publishedMs: 1767225600000n,
      caption: '',
      hashtags: [],
      mentionedIds: [],
    },
  ],
  [
    'tintype.user.account.registered.v1',
    { userId: '8', username: 'una', displayName: 'Una', isPrivate: false },
    { userId: 8n, username: 'una', displayName: 'Una', isPrivate: false },
  ],
  ['tintype.user.account.deactivated.v1', { userId: '8' }, { userId: 8n }],
  ['tintype.user.account.deleted.v1', { userId: '8' }, { userId: 8n }],
  [
    'tintype.engagement.comment.created.v1',
    {
      commentId: '9',
      parentId: null,
      postId: '7',
      authorId: '8',
      userId: '5',
      parentAuthorId: null,
      mentionedIds: ['6'],
      createdMs: 1767225600000,
      isHidden: false,
    },
    {
      commentId: 9n,
      parentId: null,
      postId: 7n,
      authorId: 8n,
      userId: 5n,
      parentAuthorId: null,
      mentionedIds: [6n],
      hashtags: [],
      createdMs: 1767225600000n,
      isHidden: false,
    },
  ],
];

test.each(RECORDED)('%s of an earlier version is read', (type, data, expected) => {
  expect(read(type, data)).toEqual(expected);
});

test('types that the schemas do not have are no fault', () => {
  for (const type of ['tintype.post.post.archived.v1', 'toString', '__proto__']) expect(read(type, {})).toBeUndefined();
});

test('what does not match is given up with the reason', () => {
  const data = { ...samples['tintype.engagement.share.created.v1'], postId: '-1' };
  expect(() => read('tintype.engagement.share.created.v1', data)).toThrow(
    new UnprocessableEventError('The data does not match tintype.engagement.share.created.v1: "postId": is not an id'),
  );
});

test.each([
  ['postId', ['0', '-1', '01', ' 7', '1.5', '9223372036854775808', 'seven', 7, null, undefined]],
  ['publishedMs', [0, 0.5, -1, '5', null, undefined, 2 ** 53 - 1, 2 ** 60]],
  ['audience', ['NOBODY', '', 1, null]],
  ['caption', [1, null, '\0', 'half \ud83d']],
  ['hashtags', ['a', null, ['a', 1], ['\0']]],
  ['mentionedIds', ['1', null, ['a'], [1]]],
])('%s of a published post is checked', (field, hostile) => {
  const type = 'tintype.post.post.published.v1';
  for (const value of hostile)
    expect(() => read(type, { ...samples[type], [field]: value })).toThrow(UnprocessableEventError);
});
