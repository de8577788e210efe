export { renderPhoto } from '#photo/render-photo.ts';
export { wire as wirePost } from './wire.ts';
