import { expect, test } from 'vitest';
import { mailOf } from './mail.rules.ts';

const unsubscribe = 'https://tintype.example/unsubscribe?token=7.n.x';
const message = {
  tag: 'several',
  lines: ['anna folgt dir jetzt.', 'bob folgt dir jetzt.'],
  url: 'https://tintype.example',
};

test('a mail is in one language', () => {
  expect(mailOf({ ...message, language: 'de', more: 3 }, unsubscribe)).toEqual({
    language: 'de',
    subject: '5 Benachrichtigungen',
    text: `anna folgt dir jetzt.
bob folgt dir jetzt.
Und 3 weitere.

https://tintype.example

In den Einstellungen der App kannst du festlegen, welche Benachrichtigungen du per E-Mail bekommst.
Abbestellen: ${unsubscribe}
`,
    html: expect.stringContaining('<html lang="de" dir="ltr"><body><ul><li>anna folgt dir jetzt.</li>'),
  });
  const english = mailOf({ ...message, lines: ['anna started following you.'], language: 'en', more: 0 }, unsubscribe);
  expect(english.subject).toBe('anna started following you.');
  expect(english.html).toContain('>Unsubscribe</a>');
});

test.each([
  [1, 'Und eine weitere.', 'And 1 more.'],
  [2, 'Und 2 weitere.', 'And 2 more.'],
  [21, 'Und 21 weitere.', 'And 21 more.'],
])('%i more are counted', (more, german, english) => {
  expect(mailOf({ ...message, language: 'de', more }, unsubscribe).text).toContain(`\n${german}\n`);
  expect(mailOf({ ...message, language: 'en', more }, unsubscribe).text).toContain(`\n${english}\n`);
});
