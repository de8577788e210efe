import { startDistributed } from '@tintype/local/distributed';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { createEnvironment, type Environment } from '@tintype/testing';
import { startPlatform } from '../../src/index.ts';

/** Every journey runs in both shapes of the platform. */
export const SHAPES = ['in one process', 'distributed'] as const;
export type Shape = (typeof SHAPES)[number];

export type TestPlatform = {
  /** Where the gateway is, without a path. */
  url: string;
  /** Where the gateway tells its health and metrics, without a path. */
  healthUrl: string;
  endpoint: string;
  /** Of a visitor. */
  client: TintypeClient;
  environment: Environment;
  /** Statements that the one process sent so far; empty where the platform is distributed. */
  statements: string[];
  close(): Promise<void>;
};

/** Journeys register many accounts from one address: limits are tested on their own. */
const GENEROUS = {
  RATE_LIMIT_PER_SECOND: '100000',
  RATE_LIMIT_BURST: '100000',
  LOGIN_LIMIT_PER_MINUTE: '100000',
};

/**
 * A platform on stores of its own, ready to be asked.
 *
 * @param addresses of the servers; the run's shared ones where it is left out
 */
export async function startTestPlatform(
  shape: Shape,
  settings: Record<string, string> = {},
  addresses?: Record<string, string>,
): Promise<TestPlatform> {
  const environment = await createEnvironment({ env: { ...GENEROUS, ...settings }, ...(addresses && { addresses }) });
  const statements: string[] = [];
  const started =
    shape === 'distributed'
      ? await startProcesses(environment)
      : await startPlatform(environment.config, { onStatement: (text) => statements.push(text) });
  const endpoint = `${started.url}/graphql`;
  return {
    url: started.url,
    healthUrl: started.healthUrl,
    endpoint,
    client: createClient(endpoint),
    environment,
    statements,
    async close() {
      await started.close();
      await environment.close();
    },
  };
}

async function startProcesses(
  environment: Environment,
): Promise<{ url: string; healthUrl: string; close(): Promise<void> }> {
  const printed: string[] = [];
  const distributed = await startDistributed(environment.env, (name, line) => printed.push(`${name}: ${line}`));
  try {
    await distributed.ready(60_000);
  } catch (error) {
    await distributed.stop();
    throw new Error(`${(error as Error).message}\n${printed.slice(-30).join('\n')}`);
  }
  const { url, healthUrl } = distributed;
  return { url, healthUrl, close: () => distributed.stop() };
}
