import { textsIn } from '@tintype/language';
import { describe, expect, test } from 'vitest';
import { notificationText } from './text.rules.ts';

const [en, de] = [textsIn('en'), textsIn('de')];

test.each([
  [['anna'], 1, 'anna liked your photo.', 'anna hat'],
  [['anna', 'bob'], 2, 'anna and bob liked your photo.', 'anna und bob haben'],
  [['anna', 'bob', 'cleo'], 3, 'anna, bob and cleo liked your photo.', 'anna, bob und cleo haben'],
  [['anna', 'bob', 'cleo'], 4, 'anna, bob and 2 others liked your photo.', 'anna, bob und 2 weitere Personen haben'],
  [['anna', 'bob', 'cleo'], 5, 'anna, bob and 3 others liked your photo.', 'anna, bob und 3 weitere Personen haben'],
  [['anna', 'bob', 'cleo'], 23, 'anna, bob and 21 others liked your photo.', 'anna, bob und 21 weitere Personen haben'],
  [['anna'], 2, 'anna and 1 other liked your photo.', 'anna und eine weitere Person haben'],
  [['anna', 'bob'], 3, 'anna, bob and 1 other liked your photo.', 'anna, bob und eine weitere Person haben'],
  [[], 1, 'Someone liked your photo.', 'Jemand hat'],
  [[], 7, '7 people liked your photo.', '7 Personen haben'],
  [[], 21, '21 people liked your photo.', '21 Personen haben'],
])('names %j of %i people: %s', (names, count, english, german) => {
  expect(notificationText(en, 'POST_LIKE', names, count)).toBe(english);
  expect(notificationText(de, 'POST_LIKE', names, count)).toBe(`${german} dein Foto mit „Gefällt mir“ markiert.`);
});

describe('each kind of interaction', () => {
  test.each([
    ['POST_LIKE', 'anna liked your photo.', 'anna hat dein Foto mit „Gefällt mir“ markiert.'],
    ['COMMENT_LIKE', 'anna liked your comment.', 'anna hat deinen Kommentar mit „Gefällt mir“ markiert.'],
    ['COMMENT', 'anna commented on your photo.', 'anna hat dein Foto kommentiert.'],
    ['REPLY', 'anna replied to your comment.', 'anna hat auf deinen Kommentar geantwortet.'],
    ['MENTION', 'anna mentioned you in a comment.', 'anna hat dich in einem Kommentar erwähnt.'],
    ['FOLLOW', 'anna started following you.', 'anna folgt dir jetzt.'],
    ['FOLLOW_REQUEST', 'anna asked to follow you.', 'anna möchte dir folgen.'],
    ['FOLLOW_ACCEPTED', 'anna accepted your request to follow.', 'anna hat deine Anfrage angenommen.'],
    ['SHARE', 'anna shared your photo.', 'anna hat dein Foto geteilt.'],
    ['POST_FAILED', 'Your photo could not be published.', 'Dein Foto konnte nicht veröffentlicht werden.'],
    [
      'MODERATION',
      'Our moderators made a decision about you or something that you published.',
      'Unser Moderationsteam hat über dich oder einen deiner Inhalte entschieden.',
    ],
  ] as const)('%s is described: %s', (kind, english, german) => {
    expect(notificationText(en, kind, ['anna'], 1)).toBe(english);
    expect(notificationText(de, kind, ['anna'], 1)).toBe(german);
  });

  test('a mention in a caption is told apart from one in a comment', () => {
    expect(notificationText(en, 'MENTION', ['anna'], 1, false)).toBe('anna mentioned you in a photo.');
    expect(notificationText(de, 'MENTION', ['anna', 'bob'], 2, false)).toBe(
      'anna und bob haben dich in der Beschreibung eines Fotos erwähnt.',
    );
  });
});
