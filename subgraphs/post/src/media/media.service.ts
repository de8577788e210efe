import type { Executor } from '@tintype/postgres';
import { ObjectMissingError } from '@tintype/s3';
import { histogram } from '@tintype/telemetry';
import { PhotoRefusedError, UPLOAD_MISSING } from '#photo/photo-refused.error.ts';
import { renderPhoto } from '#photo/render-photo.ts';
import { findUpload } from '#upload/upload.repository.ts';
import { type MediaModel, type ProcessedMedia, uploadOf } from './media.model.ts';
import type { MediaStorage } from './media.storage.ts';

export type MediaService = {
  /** Makes and stores the renditions of one photo of a post. Can run twice. @throws PhotoRefusedError */
  process(media: MediaModel): Promise<ProcessedMedia>;
};

const seconds = histogram('tintype_photo_render_seconds', 'Time from original to stored renditions, per photo', [
  'outcome',
]);

export function createMediaService(deps: { pool: Executor; storage: MediaStorage }): MediaService {
  const { pool, storage } = deps;
  return {
    async process(media) {
      const stop = seconds.startTimer();
      try {
        const upload = await findUpload(pool, uploadOf(media));
        if (!upload) throw new PhotoRefusedError(UPLOAD_MISSING);
        const original = await storage.takeOriginal(uploadOf(media));
        const rendered = await renderPhoto(original, upload.contentType);
        const renditions = await storage.writeRenditions(media.id, rendered);
        stop({ outcome: 'rendered' });
        const { width, height, placeholder } = rendered;
        return { position: media.position, width, height, placeholder, renditions };
      } catch (caught) {
        const error =
          caught instanceof ObjectMissingError ? new PhotoRefusedError(UPLOAD_MISSING, { cause: caught }) : caught;
        stop({ outcome: error instanceof PhotoRefusedError ? 'refused' : 'failed' });
        throw error;
      }
    },
  };
}
