export { createObjectStore, ObjectMissingError, type ObjectStore, type PresignedForm } from './object-store.ts';
