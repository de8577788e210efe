import type { RenditionKind } from './media.model.ts';

export type RenditionSpec = { kind: RenditionKind; size: number; fit: 'cover' | 'inside'; quality: number };

/**
 * What is made of each photo: a square that is filled, and two that the photo fits within. Nothing is enlarged but to fill the
 * square. Small pictures are looked at closely on lists, so they get a little more quality.
 */
export const RENDITIONS: readonly [RenditionSpec, ...RenditionSpec[]] = [
  { kind: 'HIGH_RES', size: 2048, fit: 'inside', quality: 80 },
  { kind: 'STANDARD', size: 1080, fit: 'inside', quality: 80 },
  { kind: 'THUMBNAIL', size: 150, fit: 'cover', quality: 82 },
];

/** Above nearly every camera and phone; a bomb of 65,536 x 65,536 has forty times as many. */
export const MAX_PIXELS = 100_000_000;

/** Its decoder has everything in memory several times over: 64 megapixels are above every phone's HEIC and take 700 MB. */
export const MAX_HEIC_PIXELS = 64_000_000;

/** WebP's effort of 0 to 6: from 2 on, time doubles for one or two per cent of size. */
export const EFFORT = 2;

/** ThumbHash takes at most 100 x 100 pixels. */
export const PLACEHOLDER_SIZE = 100;

/** Nobody takes longer for 100 megapixels, and nothing that does is worth waiting for. */
export const RENDER_TIMEOUT_S = 30;

/** What photos may hold in memory at once, in bytes, beside what each rendition of 2048 x 2048 takes. */
export const MEMORY_BYTES = 800_000_000;

export type PhotoHeader = {
  format: string;
  width: number;
  height: number;
  channels: number;
  /** Of 16 bits a channel. */
  isDeep: boolean;
  isProgressive: boolean;
};

/**
 * How much of a photo its decoder may hold, in bytes. A JPEG is read row by row and shrunk at once, unless it is progressive:
 * then all of its coefficients are kept. Others are at worst in memory as a whole, to be turned upright.
 */
export function memoryOf({ format, width, height, channels, isDeep, isProgressive }: PhotoHeader): number {
  if (format === 'jpeg' && !isProgressive) return 0;
  const bytesPerChannel = isDeep || format === 'jpeg' ? 2 : 1;
  return width * height * channels * bytesPerChannel;
}
