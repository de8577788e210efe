import { expect, test } from 'vitest';
import { CONTENT_TYPES, checkFiles, MAX_BYTES, originalKey } from './upload.rules.ts';

test('originals lie under their owner and upload, outside of what is public', () => {
  expect(originalKey(12n, 34n)).toBe('originals/12/34');
});

test('photos of every accepted type and up to 50 MiB are taken', () => {
  const files = CONTENT_TYPES.flatMap((contentType) => [1, MAX_BYTES].map((byteSize) => ({ contentType, byteSize })));
  expect(MAX_BYTES).toBe(52_428_800);
  expect(checkFiles({ files })).toEqual([]);
});

test.each(['image/gif', 'image/svg+xml', 'image/avif', 'IMAGE/JPEG', 'image/jpeg; charset=x', '', 'toString'])(
  'files of type "%s" are not',
  (contentType) => {
    expect(checkFiles({ files: [{ contentType, byteSize: 1 }] })).toMatchObject([
      { code: 'CONTENT_TYPE_UNSUPPORTED', path: ['input', 'files', '0', 'contentType'] },
    ]);
  },
);

test.each([0, -1, MAX_BYTES + 1, 2 ** 31 - 1])('files of %i bytes are not', (byteSize) => {
  expect(checkFiles({ files: [{ contentType: 'image/png', byteSize }] })).toMatchObject([
    { code: 'FILE_SIZE_INVALID', path: ['input', 'files', '0', 'byteSize'] },
  ]);
});
