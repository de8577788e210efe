export { gatewaySettings, readPlatformConfig } from './config.ts';
export { readCosts } from './limits/costs.ts';
export { costOf, createQueryAnalyser } from './limits/query.analysis.ts';
export type { GatewayConfig } from './server/gateway.config.ts';
export { createGateway, type Gateway, type GatewayOptions } from './server/gateway.ts';
export { startGraph } from './server/graph.ts';
export { createPersistedQueries } from './server/persisted-queries.ts';
export { type Platform, startPlatform } from './wire.ts';
