export { importAccounts } from '#import/import-accounts.ts';
export { createPasswordHasher } from '#session/password.ts';
export { wire as wireUser } from './wire.ts';
