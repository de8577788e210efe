import { expect, test } from 'vitest';
import { missingMessage } from './services.ts';

test('what is missing is named with the command that installs it and the variables that replace it', () => {
  const message = missingMessage([
    { title: 'Redis', variables: ['REDIS_URL'], packages: ['redis-server'] },
    { title: 'NATS', variables: ['NATS_URL'], packages: ['nats-server'] },
  ]);
  expect(message).toContain('Missing: Redis, NATS');
  expect(message).toContain('apt-get install -y --no-install-recommends redis-server nats-server');
  expect(message).toContain('REDIS_URL, NATS_URL');
});
