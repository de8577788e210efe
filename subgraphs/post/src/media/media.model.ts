export const RENDITION_KINDS = ['THUMBNAIL', 'STANDARD', 'HIGH_RES'] as const;
export type RenditionKind = (typeof RENDITION_KINDS)[number];

/** As stored with its photo; written once. */
export type StoredRendition = { kind: RenditionKind; key: string; width: number; height: number; byteSize: number };

/** A photo of a post. Size, placeholder and renditions are null until the media worker has processed the photo. */
export type MediaModel = {
  id: bigint;
  authorId: bigint;
  postId: bigint;
  uploadId: bigint;
  position: number;
  altText: string;
  width: number | null;
  height: number | null;
  placeholder: string | null;
  renditions: StoredRendition[] | null;
};

/** The results of processing a photo. */
export type ProcessedMedia = {
  position: number;
  width: number;
  height: number;
  placeholder: string;
  renditions: StoredRendition[];
};

export function uploadOf({ authorId, uploadId }: MediaModel): { ownerId: bigint; id: bigint } {
  return { ownerId: authorId, id: uploadId };
}

export function storedPhotoOf(media: MediaModel) {
  return { id: media.id, upload: uploadOf(media), renditions: media.renditions };
}
