import { expect, test } from 'vitest';
import {
  CONTENT_TYPES,
  checkFiles,
  incomingFolder,
  incomingKey,
  MAX_BYTES,
  originalKey,
  uploadOfIncoming,
} from './upload.rules.ts';

test('originals lie under their owner and upload, outside of what is public', () => {
  expect(originalKey(12n, 34n)).toBe('originals/12/34');
});

test('forms bring their bytes to a key of their own, in the folder of their hour', () => {
  const uploadId = BigInt(Date.parse('2026-11-28T22:59:59Z') - Date.parse('2025-01-01T00:00:00Z')) << 22n;
  const key = incomingKey(originalKey(12n, uploadId));
  expect(key).toBe(`uploads/2026-11-28T22/12/${uploadId}`);
  expect(key.startsWith(incomingFolder(Date.parse('2026-11-28T22:00:00Z')))).toBe(true);
  expect(uploadOfIncoming(key)).toEqual({ ownerId: 12n, id: uploadId });
  expect(uploadOfIncoming('uploads/2026-11-28T22/notes.txt')).toBeNull();
  expect(() => incomingKey('renditions/1/x.webp')).toThrow(TypeError);
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
