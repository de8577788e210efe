import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createConsumer, createOutbox, createRelay, UnprocessableEventError, type Worker } from '@tintype/events';
import { createEnvironment, type Environment } from '@tintype/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent, countUnpublished, publishEvents, until } from '../../runtime/events/tests/fixture.ts';

let environment: Environment;
let workers: Worker[];
let broken = true;
const handled: string[] = [];

beforeAll(async () => {
  environment = await createEnvironment();
  const { database, bus, log, ids } = environment;
  workers = [
    createRelay({ owner: 'post', database, bus, log }),
    createConsumer({
      bus,
      stream: 'post',
      durable: 'feed__test',
      filter: 'tintype.post.post.>',
      log,
      handle: async (event) => {
        if (broken) throw new UnprocessableEventError('no such shape');
        handled.push(event.id);
      },
    }),
  ];
  await Promise.all(workers.map((worker) => worker.start()));
  await publishEvents(database.pool, createOutbox({ owner: 'post', ids }), [anEvent('77')]);
});
afterAll(async () => {
  await Promise.all((workers ?? []).map((worker) => worker.stop()));
  await environment?.close();
});

async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const program = fileURLToPath(new URL('../src/events.cli.ts', import.meta.url));
  const env = { ...process.env, ...environment.env };
  return promisify(execFile)(process.execPath, [program, ...args], { env }).then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      output: error.stdout + error.stderr,
    }),
  );
}

describe('npm run events', () => {
  it('lists dead letters, sends them again, and publishes an owner again', async () => {
    const { output } = await until(
      () => run('dead'),
      ({ output }) => output.includes('1 dead letter'),
    );
    expect(output).toContain('feed__test: ');
    expect(output).toContain('no such shape');
    broken = false;
    expect(await run('retry', '--durable', 'feed__test')).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 sent again'),
    });
    await until(
      () => handled.length,
      (count) => count === 1,
    );
    expect((await run('dead')).output).toContain('0 dead letters');

    expect(
      await run('republish', '--owner', 'post', '--since', new Date(Date.now() - 60_000).toISOString()),
    ).toMatchObject({
      code: 0,
      output: expect.stringContaining('1 event'),
    });
    await until(
      () => countUnpublished(environment.database.pool),
      (count) => count === 0,
    );
  });

  it('reports wrong arguments', async () => {
    expect(await run('republish', '--owner', 'nobody')).toMatchObject({
      code: 2,
      output: expect.stringContaining('--owner'),
    });
    expect(await run('republish', '--owner', 'post')).toMatchObject({
      code: 2,
      output: expect.stringContaining('--since'),
    });
    expect(await run('bury')).toMatchObject({ code: 2, output: expect.stringContaining('npm run events') });
  });
});
