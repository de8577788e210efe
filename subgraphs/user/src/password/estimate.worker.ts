import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary as common } from '@zxcvbn-ts/language-common';
import { dictionary as english } from '@zxcvbn-ts/language-en';
import { answerInBackground } from './background-thread.worker.ts';
import type { EstimateQuestion } from './estimator.ts';

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

answerInBackground(({ password, words }: EstimateQuestion): number => zxcvbn.check(password, words).guessesLog10);
