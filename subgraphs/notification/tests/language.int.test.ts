import { eventually } from '@tintype/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findLanguageOf, putLanguage } from '../src/projection/language.repository.ts';
import { type DeliveryFixture, type Person, startDeliveryFixture } from './delivery.fixture.ts';

let fixture: DeliveryFixture;
let [recipient, anna, bob]: Person[] = [];
beforeAll(async () => {
  fixture = await startDeliveryFixture();
});
afterAll(() => fixture?.close());
beforeEach(async () => {
  [recipient, anna, bob] = await fixture.people(3);
});

const languageOf = ({ id }: Person) => findLanguageOf(fixture.pool, id);
/** What the user subgraph says when a person chooses a language. Resolves when it is applied. */
const speak = async (who: Person, language: string, applied = language) => {
  await fixture.world.events.publish('tintype.user.language.changed.v1', String(who.id), {
    userId: String(who.id),
    language,
  });
  await eventually(async () => expect(await languageOf(who)).toBe(applied));
};
const textsOf = async ({ id }: Person) => {
  type Answer = { notifications: { edges: { node: { text: string } }[] } };
  const query = '{ notifications { edges { node { text } } } }';
  const { notifications } = await fixture.graph.ask<Answer>('notification', id, query);
  return notifications.edges.map(({ node }) => node.text);
};

test('messages and the texts in the list are in the language of the person', async () => {
  await speak(recipient!, 'de');
  const phone = await fixture.subscribe(recipient!);
  await fixture.choose(recipient!, { mail: ['FOLLOW'] });
  await fixture.follow(anna!, recipient!);
  const german = `${anna!.username} folgt dir jetzt.`;
  await eventually(async () => expect(await textsOf(recipient!)).toEqual([german]));
  await eventually(() =>
    expect(fixture.push.received.filter(({ path }) => path === phone.path).map(({ shown }) => shown)).toMatchObject([
      { body: german, lang: 'de' },
    ]),
  );
  await fixture.hurry(recipient!);
  const mails = () => fixture.mail.received.filter(({ to }) => to === recipient!.email).map(({ text }) => text);
  await eventually(() => expect(mails()).toHaveLength(1));
  expect(mails()[0]).toContain(`Subject: ${german}\r\n`);
  expect(mails()[0]).toContain('Content-Language: de\r\n');
  expect(mails()[0]).toContain('Abbestellen:');
  await speak(recipient!, 'en');
  expect(await textsOf(recipient!)).toEqual([`${anna!.username} started following you.`]);
});

test('several messages at once are counted in the language of the person', async () => {
  await speak(recipient!, 'de');
  await fixture.choose(recipient!, { mail: ['FOLLOW'], digest: { frequency: 'DAILY', hour: 7 } });
  for (const follower of [anna!, bob!]) await fixture.follow(follower, recipient!);
  await eventually(async () =>
    expect(await textsOf(recipient!)).toEqual([`${bob!.username} und ${anna!.username} folgen dir jetzt.`]),
  );
});

test('the latest choice counts, in whatever order the events arrive', async () => {
  const { pool } = fixture;
  const userId = recipient!.id;
  expect(await languageOf(recipient!)).toBe('en');
  await putLanguage(pool, { userId, language: 'de', version: 7n });
  await putLanguage(pool, { userId, language: 'en', version: 6n });
  await putLanguage(pool, { userId, language: 'en', version: 7n });
  expect(await languageOf(recipient!)).toBe('de');
  await putLanguage(pool, { userId, language: 'en', version: 8n });
  expect(await languageOf(recipient!)).toBe('en');
});

test('a language that the platform has no longer becomes the closest one, or English', async () => {
  await speak(recipient!, 'de-CH', 'de');
  await speak(recipient!, 'tlh', 'en');
  await fixture.follow(anna!, recipient!);
  await eventually(async () => expect(await textsOf(recipient!)).toEqual([`${anna!.username} started following you.`]));
});
