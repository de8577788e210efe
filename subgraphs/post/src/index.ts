export { renderPhoto } from '#media/render-photo.ts';
export { wire as wirePost } from './wire.ts';
