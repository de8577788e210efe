export { createDatabase, type Database, type PrismaTransaction } from './database.ts';
export { isUniqueViolation } from './errors.ts';
export { type Executor, query, transaction } from './query.ts';
