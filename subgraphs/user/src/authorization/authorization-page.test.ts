import { textsIn } from '@tintype/language';
import { expect, test } from 'vitest';
import { consentPage, pagePolicy } from './authorization-page.ts';

test.each([
  ['https://printer.example/callback', 'printer.example', 'https://printer.example'],
  ['http://127.0.0.1:8000/callback', '127.0.0.1:8000', 'http://127.0.0.1:8000'],
  ['com.example.printer:/callback', 'com.example.printer:/callback', 'com.example.printer:'],
  // It cannot be registered, but looks like a host to URL parsers.
  ['com.evil.app://bank.example/cb', 'com.evil.app://bank.example/cb', 'com.evil.app:'],
])(
  'the page says that an answer to %s is sent there, and its policy allows that alone',
  (redirectUri, shown, target) => {
    const app = { name: 'Printer', website: 'https://printer.example', redirectUri };
    const { html } = consentPage(textsIn('en'), app, { username: 'ann', scopes: ['read'], proof: '' });
    expect(html).toContain(`Your answer is sent to ${shown}.`);
    expect(pagePolicy(redirectUri)).toContain(`form-action 'self' ${target};`);
  },
);
