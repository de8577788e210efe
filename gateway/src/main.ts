import { readEnvironment, runUntilSignal } from '@tintype/service';
import { createLog } from '@tintype/telemetry';
import { readPlatformConfig } from './config.ts';
import { startPlatform } from './wire.ts';

// The gateway in a process of its own: alone if SUBGRAPH_URLS has the addresses of the subgraphs, otherwise with all of
// them and their workers.
const config = await readPlatformConfig(readEnvironment());
const log = createLog({ name: 'gateway', level: config.logLevel });
const platform = await startPlatform(config);
log.info({ url: platform.url, health: platform.healthUrl }, 'The gateway accepts requests.');
await runUntilSignal({ close: () => platform.close(), log });
