import { expect, test } from 'vitest';
import { MAX_BYTES } from '../limits.ts';
import {
  CONTENT_TYPES,
  checkFiles,
  incomingFolder,
  incomingKey,
  originalKey,
  parseIncomingKey,
} from './upload.rules.ts';

test('stores originals below their owner and upload, outside the public prefix', () => {
  expect(originalKey({ ownerId: 12n, id: 34n })).toBe('originals/12/34');
});

test('lets each form write to its own key, in the folder of its hour', () => {
  const uploadId = BigInt(Date.parse('2026-11-28T22:59:59Z') - Date.parse('2025-01-01T00:00:00Z')) << 22n;
  const key = incomingKey({ ownerId: 12n, id: uploadId });
  expect(key).toBe(`uploads/2026-11-28T22/12/${uploadId}`);
  expect(key.startsWith(incomingFolder(Date.parse('2026-11-28T22:00:00Z')))).toBe(true);
  expect(parseIncomingKey(key)).toEqual({ ownerId: 12n, id: uploadId });
  expect(parseIncomingKey('uploads/2026-11-28T22/notes.txt')).toBeNull();
});

test('accepts photos of every supported type of up to 50 MiB', () => {
  const files = CONTENT_TYPES.flatMap((contentType) => [1, MAX_BYTES].map((byteSize) => ({ contentType, byteSize })));
  expect(MAX_BYTES).toBe(52_428_800);
  expect(checkFiles({ files })).toEqual([]);
});

test.each(['image/gif', 'image/svg+xml', 'image/avif', 'IMAGE/JPEG', 'image/jpeg; charset=x', '', 'toString'])(
  'rejects files of type "%s"',
  (contentType) => {
    expect(checkFiles({ files: [{ contentType, byteSize: 1 }] })).toMatchObject([
      { code: 'CONTENT_TYPE_UNSUPPORTED', path: ['input', 'files', '0', 'contentType'] },
    ]);
  },
);

test.each([0, -1, MAX_BYTES + 1, 2 ** 31 - 1])('rejects files of %i bytes', (byteSize) => {
  expect(checkFiles({ files: [{ contentType: 'image/png', byteSize }] })).toMatchObject([
    { code: 'FILE_SIZE_INVALID', path: ['input', 'files', '0', 'byteSize'] },
  ]);
});
