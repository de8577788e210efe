import { expect, test } from 'vitest';
import { deviceOf } from './device.rules.ts';

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
    'Safari on iOS',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    'Microsoft Edge on Windows',
  ],
  ['Kodachrome/3.1 (Android 15)', 'Kodachrome on Android'],
  ['curl/8.5.0', 'curl'],
  ['node', 'node'],
  ['<script>alert(1)</script>', ''],
  ['', ''],
  [undefined, ''],
])('%s is called %j', (userAgent, device) => {
  expect(deviceOf(userAgent)).toBe(device);
});

test('whatever is sent gives a short visible text', () => {
  for (const sent of ['x'.repeat(10_000), '\u0007\u202e', '('.repeat(5_000), `Firefox/${'1.'.repeat(3_000)}`]) {
    expect(deviceOf(sent)).toMatch(/^[\x20-\x7e]{0,100}$/);
  }
});
