import sharp, { type Sharp } from 'sharp';
import { rgbaToThumbHash } from 'thumbhash';
import type { RenditionKind } from '#media/media.model.ts';
import type { ContentType } from '#upload/upload.rules.ts';
import { isAnimated } from './animation.rules.ts';
import { detectContentType } from './content-type.rules.ts';
import { ANIMATED, PhotoRefusedError } from './photo-refused.error.ts';
import { readPhoto } from './read-photo.ts';
import { EFFORT, PLACEHOLDER_SIZE, RENDITIONS, type RenditionSpec } from './rendition.rules.ts';

export type Rendered = {
  /** Size of the upright original, in pixels. */
  width: number;
  height: number;
  /** ThumbHash, base64. */
  placeholder: string;
  /** Kinds for which the photo is too small to differ share one `body`. */
  renditions: { kind: RenditionKind; width: number; height: number; body: Buffer }[];
};

/**
 * Makes the renditions of a photo: upright, in sRGB, without metadata. It decodes the photo once, to the size of the
 * largest rendition, and makes the others from that.
 *
 * @param declared the type that the uploader declared
 * @throws PhotoRefusedError if the file has another type, or is animated, damaged or too large
 */
export async function renderPhoto(bytes: Buffer, declared: ContentType): Promise<Rendered> {
  const found = detectContentType(bytes);
  if (found !== declared)
    throw new PhotoRefusedError(`The file is not of the type ${declared}. Upload it with the right type.`);
  if (isAnimated(bytes, found)) throw new PhotoRefusedError(ANIMATED);
  const [largest, ...smaller] = RENDITIONS;
  const { pixels, raw, width, height } = await readPhoto(bytes, declared, largest.size);
  const base = () => sharp(pixels, { raw: { width: raw.width, height: raw.height, channels: raw.channels } });
  const first = encoded(base(), largest);
  const isSame = ({ size, fit, quality }: RenditionSpec) =>
    fit === 'inside' && quality === largest.quality && Math.max(raw.width, raw.height) <= size;
  const [placeholder, ...renditions] = await Promise.all([
    placeholderOf(base()),
    first,
    ...smaller.map(async (spec) =>
      isSame(spec) ? { ...(await first), kind: spec.kind } : encoded(resized(base(), spec), spec),
    ),
  ]);
  return { width, height, placeholder, renditions };
}

function resized(photo: Sharp, { size, fit }: RenditionSpec): Sharp {
  return photo.resize(size, size, { fit, withoutEnlargement: fit === 'inside' });
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
