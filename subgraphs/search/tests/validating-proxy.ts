import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const DATA = process.env.TINTYPE_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));

/** Typesense's own specification with corrections. Its licence does not let us publish it. */
export const SPECIFICATION = join(DATA, 'typesense', 'openapi.patched.json');
export const hasSpecification = existsSync(SPECIFICATION);

const START_MS = 60_000;

/**
 * Prism between client and server. A request or response that violates the specification becomes an error with status
 * 4xx or 5xx that names the violation.
 */
export async function startValidatingProxy(upstream: string): Promise<{ url: string; close(): Promise<void> }> {
  const port = await freePort();
  const resolve = createRequire(import.meta.url).resolve;
  const prism = join(dirname(resolve('@stoplight/prism-cli/package.json')), 'dist', 'index.js');
  const options = ['--errors', '--host', '127.0.0.1', '--port', String(port)];
  const child = spawn(process.execPath, [prism, 'proxy', SPECIFICATION, upstream, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = `http://127.0.0.1:${port}`;
  await listening(child, url);
  return {
    url,
    async close() {
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function listening(child: ChildProcess, url: string): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000);
    });
  }
  const end = Date.now() + START_MS;
  while (Date.now() < end) {
    if (child.exitCode !== null) throw new Error(`prism ended: ${output}`);
    const answer = await fetch(`${url}/health`).catch(() => null);
    await answer?.text();
    if (answer) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill('SIGKILL');
  throw new Error(`prism did not start: ${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
