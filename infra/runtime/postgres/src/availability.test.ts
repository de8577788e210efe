import { eventually } from '@tintype/testing';
import { expect, test } from 'vitest';
import { createAvailability } from './availability.ts';

function stage() {
  const server = { answers: true, probes: 0 };
  const availability = createAvailability({
    async probe() {
      server.probes += 1;
      if (!server.answers) throw new Error('There was no answer.');
    },
    everyMs: 1,
  });
  return { server, availability };
}

test('a statement that had no answer is a reason to probe, and not to give the server up', async () => {
  const { server, availability } = stage();
  availability.suspect(performance.now());
  await eventually(() => expect(server.probes).toBe(1));
  expect(() => availability.check()).not.toThrow();
});

test('nothing is probed while other statements are answered', async () => {
  const { server, availability } = stage();
  const sentAt = performance.now();
  availability.answered();
  availability.suspect(sentAt);
  await new Promise(setImmediate);
  expect(server.probes).toBe(0);
});

test('nobody waits for a server that answers no probe, until it answers one', async () => {
  const { server, availability } = stage();
  server.answers = false;
  availability.suspect(performance.now());
  await eventually(() => expect(() => availability.check()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' })));
  expect(availability.isAway()).toBe(true);
  server.answers = true;
  await eventually(() => expect(() => availability.check()).not.toThrow());
});

test('a server that is asked nothing is probed for those who want to know', async () => {
  const { server, availability } = stage();
  server.answers = false;
  await eventually(() => expect(availability.isAway()).toBe(true));
});
