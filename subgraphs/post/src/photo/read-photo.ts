import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { decodeHeic } from '#heic/decode-heic.ts';
import { findHeicProfile, isCutOff } from '#heic/heic-container.rules.ts';
import type { ContentType } from '#upload/upload.rules.ts';
import { createMemoryGate } from './memory-gate.ts';
import { DAMAGED, PhotoRefusedError, TOO_LARGE, TOO_SLOW } from './photo-refused.error.ts';
import { MAX_HEIC_PIXELS, MAX_PIXELS, MEMORY_BYTES, memoryOf, RENDER_TIMEOUT_S } from './rendition.rules.ts';

// Only the decoders of what is accepted: libvips reads SVG, PDF and more by itself.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
// Each photo is read once: keeping operations would only keep memory.
sharp.cache(false);

/** Pixels in sRGB, and the size of the upright original that they were shrunk from. */
export type ReadPhoto = {
  pixels: Buffer;
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 };
  width: number;
  height: number;
};

const whenFree = createMemoryGate(MEMORY_BYTES);
/** Bytes per pixel of a HEIC file while it is decoded: in the decoder, as RGBA there, and as RGBA here. */
const HEIC_BYTES_PER_PIXEL = 11;

/**
 * Reads a photo: upright, in sRGB, at most `size` on its longer side, without metadata.
 *
 * @throws PhotoRefusedError if it is damaged or too large
 */
export async function readPhoto(bytes: Buffer, type: ContentType, size: number): Promise<ReadPhoto> {
  if (type === 'image/heic') {
    if (isCutOff(bytes)) throw new PhotoRefusedError(DAMAGED);
    return whenFree(MAX_HEIC_PIXELS * HEIC_BYTES_PER_PIXEL, () => readHeic(bytes, size));
  }
  // Errors in the metadata are tolerated, errors in the pixels are not.
  const photo = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, sequentialRead: true });
  const header = await photo.metadata().catch((error: Error) => {
    throw new PhotoRefusedError(error.message.includes('pixel limit') ? TOO_LARGE : DAMAGED, { cause: error });
  });
  const { width, height } = header.autoOrient;
  const isDeep = header.depth === 'ushort';
  const memory = memoryOf({ ...header, isDeep, isProgressive: header.isProgressive ?? false });
  return whenFree(memory, async () => {
    const { data, info } = await shrunk(photo.autoOrient().toColourspace('srgb'), size).catch(blame);
    return { pixels: data, raw: info as ReadPhoto['raw'], width, height };
  });
}

function shrunk(photo: Sharp, size: number) {
  return photo
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .timeout({ seconds: RENDER_TIMEOUT_S })
    .raw()
    .toBuffer({ resolveWithObject: true });
}

/** An error while pixels are read is the fault of the file, unless memory ran out. */
function blame(error: Error): never {
  if (/memory|allocate/i.test(error.message)) throw error;
  throw new PhotoRefusedError(error.message.startsWith('timeout') ? TOO_SLOW : DAMAGED, { cause: error });
}

async function readHeic(bytes: Buffer, size: number): Promise<ReadPhoto> {
  const { width, height, hasAlpha, data } = await decodeHeic(bytes);
  const decoded = sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } });
  const small = await shrunk(hasAlpha ? decoded : decoded.removeAlpha(), size);
  const profile = findHeicProfile(bytes);
  const { data: pixels, info } = profile ? await inSrgb(small.data, small.info as ReadPhoto['raw'], profile) : small;
  return { pixels, raw: info as ReadPhoto['raw'], width, height };
}

const PNG_HEADER_BYTES = 33;

/**
 * Pixels of a profile in sRGB. libvips takes a profile from files only, so they become one: a PNG that is not
 * compressed.
 */
async function inSrgb(pixels: Buffer, raw: ReadPhoto['raw'], profile: Buffer) {
  const { width, height, channels } = raw;
  const png = await sharp(pixels, { raw: { width, height, channels } }).png({ compressionLevel: 0 }).toBuffer();
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  const file = Buffer.concat([png.subarray(0, PNG_HEADER_BYTES), chunk, png.subarray(PNG_HEADER_BYTES)]);
  // A profile that cannot be read leaves the colours as they are.
  return sharp(file, { failOn: 'none' }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
}
