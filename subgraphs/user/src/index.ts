export { SCOPES, type Scope } from '#authorization/scope.rules.ts';
export { importAccounts } from '#import/import-accounts.ts';
export { createPasswordHasher } from '#password/password.hasher.ts';
export { wire as wireUser } from './wire.ts';
