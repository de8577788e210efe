import { startDistributed } from '@tintype/local/distributed';
import { createClient, type TintypeClient } from '@tintype/schema/client';
import { createEnvironment, type Environment } from '@tintype/testing';
import { startPlatform } from '../../src/index.ts';

/** Every journey runs in both shapes of the platform. */
export const SHAPES = ['in one process', 'distributed'] as const;
export type Shape = (typeof SHAPES)[number];

export type TestPlatform = {
  /** Address of the gateway, without a path. */
  url: string;
  /** Address of the gateway's health and metrics, without a path. */
  healthUrl: string;
  endpoint: string;
  /** A client without a token. */
  client: TintypeClient;
  environment: Environment;
  /** Statements that the process has sent so far; empty if the platform is distributed. */
  statements: string[];
  /**
   * Makes a subgraph unavailable until `bringBack` is called: it is removed from a single process, or its own process
   * is frozen.
   */
  takeAway(subgraph: string): { bringBack(): void };
  close(): Promise<void>;
};

/** High limits, because tests register many accounts from one address. Limits have tests of their own. */
export const GENEROUS = {
  RATE_LIMIT_PER_SECOND: '100000',
  RATE_LIMIT_BURST: '100000',
  LOGIN_LIMIT_PER_MINUTE: '100000',
  PASSWORD_QUEUE: '1000',
  PASSWORD_WAIT_MS: '60000',
};

/**
 * Starts a platform with its own test environment and waits until it is ready.
 *
 * @param addresses of the servers. Default: those that the test run shares
 */
export async function startTestPlatform(
  shape: Shape,
  settings: Record<string, string> = {},
  addresses?: Record<string, string>,
): Promise<TestPlatform> {
  const environment = await createEnvironment({ env: { ...GENEROUS, ...settings }, ...(addresses && { addresses }) });
  const statements: string[] = [];
  const started =
    shape === 'distributed' ? await startProcesses(environment) : await startInProcess(environment, statements);
  const endpoint = `${started.url}/graphql`;
  return {
    url: started.url,
    healthUrl: started.healthUrl,
    endpoint,
    client: createClient(endpoint),
    environment,
    statements,
    takeAway: started.takeAway,
    async close() {
      await started.close();
      await environment.close();
    },
  };
}

type Started = Pick<TestPlatform, 'url' | 'healthUrl' | 'takeAway' | 'close'>;

async function startInProcess(environment: Environment, statements: string[]): Promise<Started> {
  const { url, healthUrl, subgraphs, close } = await startPlatform(environment.config, {
    onStatement: (text) => statements.push(text),
  });
  return {
    url,
    healthUrl,
    close,
    takeAway(name) {
      const subgraph = subgraphs.get(name)!;
      subgraphs.delete(name);
      return { bringBack: () => void subgraphs.set(name, subgraph) };
    },
  };
}

async function startProcesses(environment: Environment): Promise<Started> {
  const printed: string[] = [];
  const distributed = await startDistributed(environment.env, (name, line) => printed.push(`${name}: ${line}`));
  try {
    await distributed.ready(60_000);
  } catch (error) {
    await distributed.stop();
    throw new Error(`${(error as Error).message}\n${printed.slice(-30).join('\n')}`);
  }
  return {
    url: distributed.url,
    healthUrl: distributed.healthUrl,
    close: () => distributed.stop(),
    takeAway(name) {
      const frozen = distributed.processes.get(name)!;
      frozen.kill('SIGSTOP');
      return { bringBack: () => frozen.kill('SIGCONT') };
    },
  };
}
