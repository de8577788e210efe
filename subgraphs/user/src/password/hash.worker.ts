import { getPriority, platform, setPriority } from 'node:os';
import { hashSync, verifySync } from '@node-rs/argon2';
import { answerInBackground } from './background-thread.worker.ts';
import type { HashAnswer, HashQuestion } from './password.hasher.ts';

/** With this, a thread gets about a quarter of a core while others need all of them. 0 is normal, 19 the lowest. */
const NICE = 5;

// On Linux, each thread has a priority of its own. Elsewhere, this would be that of the whole process.
if (platform() === 'linux') setPriority(Math.max(getPriority(), NICE));

answerInBackground((asked: HashQuestion): HashAnswer => {
  if (asked.kind === 'hash') return { hash: hashSync(asked.password, asked.parameters) };
  return { isEqual: verifySync(asked.hash, asked.password) };
});
