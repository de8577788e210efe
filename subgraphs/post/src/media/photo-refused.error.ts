/** A file that no retry would turn into a photo. The message is for its author: what is wrong and what to do. */
export class PhotoRefusedError extends Error {
  override name = 'PhotoRefusedError';
}

export const ANIMATED = 'Animated pictures are not supported. Upload a still photo.';
export const DAMAGED = 'the photo is damaged or cut off: upload it again';
export const TOO_LARGE = 'the photo has too many pixels: upload a smaller version of it';
export const TOO_SLOW = 'the photo takes too long to read: save it as an ordinary JPEG and upload that';
export const GONE = 'the upload is gone: upload the photo again';
export const GAVE_UP = 'the photo could not be processed: upload it again';
