import { describe, expect, test } from 'vitest';
import { detectContentType } from './content-type.rules.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const container = (major: string, ...compatible: string[]) =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * compatible.length)}ftyp${major}\0\0\0\0${compatible.join('')}`);

describe('the first bytes of a file', () => {
  test.each([
    ['image/jpeg', bytes('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['image/png', bytes('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['image/webp', bytes('RIFF\x10\0\0\0WEBPVP8 ')],
    ['image/heic', container('heic', 'mif1', 'heic')],
    ['image/heic', container('mif1', 'mif1', 'heic')],
  ])('identify %s', (type, file) => {
    expect(detectContentType(file)).toBe(type);
  });

  test.each([
    ['an AVIF', container('avif', 'mif1', 'miaf')],
    ['an AVIF that names only the container', container('mif1', 'avif')],
    ['a film', container('isom', 'mp41')],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['a GIF', bytes('GIF89a')],
    ['a TIFF', bytes('II*\0')],
    ['a PDF', bytes('%PDF-1.7')],
    ['a sound', bytes('RIFF\x10\0\0\0WAVEfmt ')],
    ['two bytes', bytes('\xff\xd8')],
    ['nothing', bytes('')],
    ['a container without brands', bytes('\0\0\0\x08ftyp')],
  ])('of %s identify no accepted type', (_, file) => {
    expect(detectContentType(file)).toBeNull();
  });
});
