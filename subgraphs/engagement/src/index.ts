export { wire as wireEngagement } from './wire.ts';
