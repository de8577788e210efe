import { createEnvironment } from '@tintype/testing';
import { createPostgresIndex } from '#postgres/postgres.index.ts';
import { describeSearchIndex } from './driver-suite.ts';

describeSearchIndex('Postgres', async () => {
  const environment = await createEnvironment();
  const index = createPostgresIndex({ pool: environment.database.pool });
  return { index, close: () => environment.close() };
});
