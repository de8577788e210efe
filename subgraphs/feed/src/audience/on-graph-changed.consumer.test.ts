import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { EPOCH_MS } from '@tintype/ids';
import { expect, test } from 'vitest';
import { newestOfPairs } from './audience.service.ts';
import { toChanges } from './on-graph-changed.consumer.ts';

function anEvent(name: string, data: object): EventEnvelope {
  return {
    specversion: '1.0',
    id: '1',
    source: '/tintype/social-graph',
    type: `tintype.social-graph.${name}.v1`,
    subject: '1:2',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: '42',
    data,
  };
}

test('takes follows and mutes and their ends', () => {
  const pair = { authorId: 2n, followerId: 1n, version: 42n };
  const ids = { followerId: '1', followeeId: '2' };
  const followId = String(1000n << 22n);
  const mute = { muterId: '1', mutedId: '2' };
  const events = [
    anEvent('follow.created', { ...ids, followId, wasRequested: false }),
    anEvent('mute.created', mute),
    anEvent('follow.deleted', ids),
    anEvent('mute.deleted', mute),
  ];
  expect(toChanges(events)).toEqual({
    follows: [
      { ...pair, follows: true, sinceMs: BigInt(EPOCH_MS + 1000) },
      { ...pair, follows: false, sinceMs: 0n },
    ],
    mutes: [
      { ...pair, muted: true },
      { ...pair, muted: false },
    ],
  });
});

test('leaves the rest to others', () => {
  const block = anEvent('block.created', { blockerId: '1', blockedId: '2' });
  expect(toChanges([block])).toEqual({ follows: [], mutes: [] });
});

test('gives up what names nobody', () => {
  const hostile = [
    anEvent('follow.created', { followerId: '1' }),
    anEvent('mute.created', { muterId: '1', mutedId: 2 }),
  ];
  for (const event of hostile) expect(() => toChanges([event])).toThrow(UnprocessableEventError);
});

test('of several changes of a pair the newest counts, whatever their order', () => {
  const change = (version: bigint, authorId = 2n) => ({ authorId, followerId: 1n, version });
  expect(newestOfPairs([change(2n), change(3n), change(1n), change(1n, 5n)])).toEqual([change(3n), change(1n, 5n)]);
});
