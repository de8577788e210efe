/**
 * A worker that the test kills: `node export.child.ts <database url> <port of the files> <number of posts>`, with the
 * settings of the object store in its environment.
 */
import { createIdGenerator } from '@tintype/ids';
import { createDatabase } from '@tintype/postgres';
import { createObjectStore } from '@tintype/s3';
import { readConfig, s3Settings } from '@tintype/service';
import { createLog } from '@tintype/telemetry';
import { createDataExportJob } from '../src/data-export/data-export.job.ts';
import { createExportWriter } from '../src/data-export/export-writer.ts';
import { createPhotoClient } from './photo-client.ts';

const [databaseUrl, port, posts] = process.argv.slice(2) as [string, string, string];
const log = createLog({ name: 'export', level: 'fatal' });
const { pool } = createDatabase({ url: databaseUrl, applicationName: 'export', max: 4 });
const store = createObjectStore(readConfig(process.env).of(s3Settings));
const client = createPhotoClient(Number(posts), Number(port));
const writer = createExportWriter({ pool, client, store });
await createDataExportJob({
  pool,
  ids: createIdGenerator({ workerId: 1000 }),
  store,
  writer,
  log,
  leaseMs: 2000,
}).start();
