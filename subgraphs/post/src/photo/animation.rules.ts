import type { ContentType } from '#upload/upload.rules.ts';

/** Brands of HEIF image sequences (ISO/IEC 23008-12, 10.1.2 and B.4.2), if they are the major brand. */
const SEQUENCE_BRANDS = new Set(['msf1', 'hevc', 'hevx', 'hevm', 'hevs']);
const PNG_FIRST_CHUNK = 8;
/** Length, type and checksum of a PNG chunk, in bytes. */
const PNG_CHUNK_OVERHEAD = 12;
/** Flag of the chunk VP8X that says that there are frames (RFC 9649, 2.7.1). */
const WEBP_ANIMATION_FLAG = 0x02;

/** Whether a file of this type is animated. Its decoder would only show the first frame. */
export function isAnimated(bytes: Buffer, type: ContentType): boolean {
  if (type === 'image/png') return hasFrames(bytes);
  if (type === 'image/webp') {
    return bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & WEBP_ANIMATION_FLAG) !== 0;
  }
  return type === 'image/heic' && SEQUENCE_BRANDS.has(bytes.toString('latin1', 8, 12));
}

/**
 * A PNG is animated by a chunk acTL in front of its pixels that counts two frames or more (PNG, third edition,
 * 11.3.6.1).
 */
function hasFrames(bytes: Buffer): boolean {
  for (let at = PNG_FIRST_CHUNK; at + PNG_CHUNK_OVERHEAD <= bytes.length; ) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (type === 'acTL') return bytes.readUInt32BE(at + 8) > 1;
    if (type === 'IDAT') return false;
    at += bytes.readUInt32BE(at) + PNG_CHUNK_OVERHEAD;
  }
  return false;
}
