import type { RenditionKind } from '#media/media.model.ts';

export type RenditionSpec = { kind: RenditionKind; size: number; fit: 'cover' | 'inside'; quality: number };

/**
 * The renditions of each photo: a square that the photo fills, and two sizes that it fits within. A photo is enlarged
 * only to fill the square. Thumbnails get a little more quality because artefacts are more visible at their size.
 */
export const RENDITIONS: readonly [RenditionSpec, ...RenditionSpec[]] = [
  { kind: 'HIGH_RES', size: 2048, fit: 'inside', quality: 80 },
  { kind: 'STANDARD', size: 1080, fit: 'inside', quality: 80 },
  { kind: 'THUMBNAIL', size: 150, fit: 'cover', quality: 82 },
];

/**
 * More than nearly every camera and phone produces. A decompression bomb of 65,536 x 65,536 pixels has forty times as
 * many.
 */
export const MAX_PIXELS = 100_000_000;

/**
 * The HEIC decoder holds several copies of the image in memory. 64 megapixels are more than any phone produces, and
 * take 700 MB.
 */
export const MAX_HEIC_PIXELS = 64_000_000;

/** WebP's effort, from 0 to 6. Above 2, each step doubles the time and saves one or two per cent of the size. */
export const EFFORT = 2;

/** ThumbHash takes at most 100 x 100 pixels. */
export const PLACEHOLDER_SIZE = 100;

/** Any valid photo of up to 100 megapixels takes less time than this. */
export const RENDER_TIMEOUT_S = 30;

/** How much memory all photos together may use while they are decoded, in bytes, without the renditions. */
export const MEMORY_BYTES = 800_000_000;

export type PhotoHeader = {
  format: string;
  width: number;
  height: number;
  channels: number;
  /** 16 bits per channel. */
  isDeep: boolean;
  isProgressive: boolean;
};

/**
 * How much memory the decoder may need for a photo, in bytes. A JPEG is read and shrunk row by row, unless it is
 * progressive: then the decoder keeps all coefficients. Photos of other types may have to be held as a whole to rotate
 * them.
 */
export function memoryOf({ format, width, height, channels, isDeep, isProgressive }: PhotoHeader): number {
  if (format === 'jpeg' && !isProgressive) return 0;
  const bytesPerChannel = isDeep || format === 'jpeg' ? 2 : 1;
  return width * height * channels * bytesPerChannel;
}
