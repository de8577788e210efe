import { readConfig, readEnvironment, runUntilSignal } from '@tintype/service';
import { createLog } from '@tintype/telemetry';
import { startPlatform } from './wire.ts';

// The gateway as a process of its own: alone where SUBGRAPH_URLS says where the subgraphs are, otherwise with all of them and their workers.
const config = readConfig(readEnvironment());
const log = createLog({ name: 'gateway', level: config.logLevel });
const platform = await startPlatform(config);
log.info({ url: platform.url, health: platform.healthUrl }, 'serving');
await runUntilSignal({ close: () => platform.close(), log });
