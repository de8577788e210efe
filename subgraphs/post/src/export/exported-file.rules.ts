import type { MediaModel } from '#media/media.model.ts';
import type { ContentType } from '#upload/upload.rules.ts';

const EXTENSIONS: Readonly<Record<ContentType, string>> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
};

type Place = Pick<MediaModel, 'postId' | 'position'>;

/** The name of an original in the export of a person's data, such as `photos/7218938124304384-1.jpg`. */
export function originalPath(photo: Place & { contentType: ContentType }): string {
  return `${pathOf(photo)}.${EXTENSIONS[photo.contentType]}`;
}

/** The name of the version that all browsers can show. */
export function previewPath(photo: Place): string {
  return `${pathOf(photo)}-preview.webp`;
}

function pathOf({ postId, position }: Place): string {
  return `photos/${postId}-${position + 1}`;
}
