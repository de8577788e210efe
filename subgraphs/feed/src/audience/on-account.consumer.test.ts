import { type EventEnvelope, UnprocessableEventError } from '@tintype/events';
import { expect, test } from 'vitest';
import { toHidden } from './on-account.consumer.ts';

const PROFILE = { userId: '7', username: 'una', displayName: 'Una', isPrivate: false };

function anEvent(name: string, data: object = PROFILE): EventEnvelope {
  return {
    specversion: '1.0',
    id: '1',
    source: '/tintype/user',
    type: `tintype.user.account.${name}.v1`,
    subject: '7',
    time: '2026-01-01T00:00:00Z',
    datacontenttype: 'application/json',
    sequence: '42',
    data,
  };
}

test('takes who hides and who comes back, and leaves the rest to others', () => {
  expect(toHidden(anEvent('deactivated'))).toEqual({ authorId: 7n, hidden: true, version: 42n });
  expect(toHidden(anEvent('reactivated'))).toEqual({ authorId: 7n, hidden: false, version: 42n });
  expect([toHidden(anEvent('registered')), toHidden(anEvent('updated'))]).toEqual([null, null]);
});

test('lets nothing come after a deletion', () => {
  const deleted = toHidden(anEvent('deleted'))!;
  expect(deleted).toMatchObject({ authorId: 7n, hidden: true });
  expect(deleted.version).toBe(2n ** 63n - 1n);
});

test('gives up what names nobody', () => {
  expect(() => toHidden(anEvent('deactivated', {}))).toThrow(UnprocessableEventError);
});
