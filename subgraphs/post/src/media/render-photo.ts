import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { ContentType } from '#upload/upload.rules.ts';
import { decodeHeic } from './decode-heic.ts';
import type { RenditionKind } from './media.model.ts';
import { PhotoRefusedError } from './photo-refused.error.ts';
import {
  EFFORT,
  MAX_PIXELS,
  PLACEHOLDER_SIZE,
  RENDER_TIMEOUT_S,
  RENDITIONS,
  type RenditionSpec,
} from './rendition.rules.ts';
import { sniffContentType } from './sniff.rules.ts';

// Only the decoders of what is accepted: libvips reads SVG, PDF and more by itself.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
// Each photo is read once: keeping operations would only keep memory.
sharp.cache(false);

export type Rendered = {
  /** Of the upright original, in pixels. */
  width: number;
  height: number;
  /** ThumbHash, base64. */
  placeholder: string;
  renditions: { kind: RenditionKind; width: number; height: number; body: Buffer }[];
};

const DAMAGED = 'the photo is damaged or cut off: upload it again';

/**
 * Makes the renditions of a photo: upright, in sRGB, without metadata. Decodes once, to the largest rendition, and makes the
 * others from that.
 *
 * @param declared what the uploader said it is
 * @throws PhotoRefusedError where the file is not what it says, damaged, or too large
 */
export async function renderPhoto(bytes: Buffer, declared: ContentType): Promise<Rendered> {
  const found = sniffContentType(bytes);
  if (found !== declared) throw new PhotoRefusedError(`the file is not the ${declared} that it was announced as`);
  const { photo, width, height } = await open(bytes, declared);
  try {
    const [largest, ...smaller] = RENDITIONS as [RenditionSpec, ...RenditionSpec[]];
    const { data, info } = await resized(photo, largest).raw().toBuffer({ resolveWithObject: true });
    const { width: w, height: h, channels } = info;
    const base = () => sharp(data, { raw: { width: w, height: h, channels: channels as 3 | 4 } });
    const [placeholder, ...renditions] = await Promise.all([
      placeholderOf(base()),
      encoded(base(), largest),
      ...smaller.map((spec) => encoded(resized(base(), spec), spec)),
    ]);
    return { width, height, placeholder, renditions };
  } catch (error) {
    throw new PhotoRefusedError(DAMAGED, { cause: error });
  }
}

async function open(bytes: Buffer, type: ContentType): Promise<{ photo: Sharp; width: number; height: number }> {
  if (type === 'image/heic') {
    const { width, height, data } = await decodeHeic(bytes);
    return { photo: sharp(Buffer.from(data.buffer), { raw: { width, height, channels: 4 } }), width, height };
  }
  // What is wrong only with a file's metadata passes; what is wrong with its pixels does not.
  const photo = sharp(bytes, { failOn: 'error', limitInputPixels: MAX_PIXELS, sequentialRead: true }).autoOrient();
  const { autoOrient, width, height } = await photo.metadata().catch((error: Error) => {
    throw new PhotoRefusedError(
      error.message.includes('pixel limit') ? 'the photo has more than 100 megapixels' : DAMAGED,
    );
  });
  if (width * height > MAX_PIXELS) throw new PhotoRefusedError('the photo has more than 100 megapixels');
  return { photo: photo.toColourspace('srgb'), width: autoOrient.width, height: autoOrient.height };
}

function resized(photo: Sharp, { size, fit }: RenditionSpec): Sharp {
  return photo.resize(size, size, { fit, withoutEnlargement: fit === 'inside' }).timeout({ seconds: RENDER_TIMEOUT_S });
}

async function encoded(photo: Sharp, { kind, quality }: RenditionSpec): Promise<Rendered['renditions'][number]> {
  const { data, info } = await photo.webp({ quality, effort: EFFORT }).toBuffer({ resolveWithObject: true });
  return { kind, width: info.width, height: info.height, body: data };
}

async function placeholderOf(photo: Sharp): Promise<string> {
  const { data, info } = await photo
    .resize(PLACEHOLDER_SIZE, PLACEHOLDER_SIZE, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64');
}
