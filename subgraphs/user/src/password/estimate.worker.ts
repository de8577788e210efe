import { parentPort } from 'node:worker_threads';
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import type { EstimateMessage, EstimateRequest } from './estimator.ts';

/**
 * The time of an estimate grows with the length and with each way of reading signs as letters: 128 signs with a hundred
 * readings would take seconds. So only the beginning of a long password is estimated.
 */
const BOUNDS = { maxLength: 32, l33tMaxSubstitutions: 10 };

/** Words that an attacker of this platform would add to the dictionaries. */
const OWN = ['tintype', 'correcthorsebatterystaple'];

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common, ...english, 'own-tintype': OWN },
  graphs: adjacencyGraphs,
  ...BOUNDS,
});

parentPort!.on('message', ({ id, password, words }: EstimateRequest) => {
  parentPort!.postMessage({ id, guessesLog10: zxcvbn.check(password, words).guessesLog10 } satisfies EstimateMessage);
});

parentPort!.postMessage({ ready: true } satisfies EstimateMessage);
