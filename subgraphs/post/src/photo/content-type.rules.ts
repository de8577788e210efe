import type { ContentType } from '#upload/upload.rules.ts';

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx']);
/** Brands that say only that the container holds some kind of image. */
const GENERAL_BRANDS = new Set(['mif1', 'msf1']);

/** The type of a file according to its first bytes, or null if it is not a supported type. */
export function detectContentType(bytes: Uint8Array): ContentType | null {
  const at = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString('latin1');
  if (at(0, 3) === '\xff\xd8\xff') return 'image/jpeg';
  if (at(0, 8) === '\x89PNG\r\n\x1a\n') return 'image/png';
  if (at(0, 4) === 'RIFF' && at(8, 12) === 'WEBP') return 'image/webp';
  if (at(4, 8) === 'ftyp') return isHeic(bytes) ? 'image/heic' : null;
  return null;
}

/**
 * The first box lists the major brand, a version and the compatible brands. AVIF uses the same container and is not
 * supported.
 */
function isHeic(bytes: Uint8Array): boolean {
  const size = Buffer.from(bytes.subarray(0, 4)).readUInt32BE();
  const text = Buffer.from(bytes.subarray(8, Math.min(size, 256))).toString('latin1');
  const brands = text.match(/.{4}/gs) ?? [];
  const [major] = brands;
  if (!major) return false;
  return HEIC_BRANDS.has(major) || (GENERAL_BRANDS.has(major) && brands.some((brand) => HEIC_BRANDS.has(brand)));
}
