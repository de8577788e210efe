import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'nats';
import { getBinary } from '../binaries.ts';
import { createDaemon } from '../daemon.ts';
import { type Address, type ServiceDriver, type StartContext, type Started, startDaemon } from '../driver.ts';

async function check({ NATS_URL }: Address): Promise<void> {
  const connection = await connect({ servers: NATS_URL!, timeout: 2000, reconnect: false });
  try {
    const manager = await connection.jetstreamManager({ timeout: 2000 });
    await manager.getAccountInfo();
  } finally {
    await connection.close();
  }
}

async function start({ paths, port, report, signal }: StartContext): Promise<Started> {
  const directory = join(paths.data, 'nats');
  const listen = await port('nats');
  const address = { NATS_URL: `nats://127.0.0.1:${listen}` };
  const configFile = join(paths.data, 'nats.conf');
  const config = `listen: "127.0.0.1:${listen}"
server_name: tintype
max_payload: 1MB
jetstream { store_dir: ${JSON.stringify(directory)}, max_memory_store: 64MB, max_file_store: 10GB }
`;
  const daemon = createDaemon(
    {
      name: 'NATS',
      command: getBinary('nats-server'),
      args: ['-c', configFile],
      logFile: join(paths.data, 'nats.log'),
      pidFile: join(paths.data, 'nats.pid'),
      signal,
      probe: () => check(address),
    },
    report,
  );
  const launch = async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(configFile, config);
    await daemon.start();
  };
  return startDaemon(address, daemon, directory, launch);
}

export const nats: ServiceDriver = {
  name: 'nats',
  title: 'NATS',
  variables: ['NATS_URL'],
  binaries: ['nats-server'],
  packages: ['nats-server'],
  check,
  start,
};
