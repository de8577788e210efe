export const RENDITION_KINDS = ['THUMBNAIL', 'STANDARD', 'HIGH_RES'] as const;
export type RenditionKind = (typeof RENDITION_KINDS)[number];

/** As stored with its photo; written once. */
export type StoredRendition = { kind: RenditionKind; key: string; width: number; height: number; byteSize: number };

/** A photo of a post. Sizes, placeholder and renditions are null until the media worker was there. */
export type MediaModel = {
  id: bigint;
  postId: bigint;
  uploadId: bigint;
  position: number;
  objectKey: string;
  altText: string;
  width: number | null;
  height: number | null;
  placeholder: string | null;
  renditions: StoredRendition[] | null;
};

/** What the media worker found out and made of a photo. */
export type ProcessedMedia = {
  position: number;
  width: number;
  height: number;
  placeholder: string;
  renditions: StoredRendition[];
};
