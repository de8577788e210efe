export { createDatabase, type Database, type PrismaTransaction } from './database.ts';
export { isLate, isUnfit, isUniqueViolation } from './errors.ts';
export { keysOf } from './keys.ts';
export { createPool } from './pool.ts';
export { type Executor, query, transaction } from './query.ts';
