export { wire as wireNotification } from './wire.ts';
