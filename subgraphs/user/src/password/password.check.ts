import { type InputError, inputError } from '../errors.ts';
import type { PasswordEstimator } from './estimator.ts';
import {
  hasPasswordForm,
  MIN_GUESSES_LOG10,
  normalisePassword,
  type PersonalData,
  personalWords,
  withoutPersonal,
} from './password.rules.ts';

const PERSONAL = 'Without your names and your e-mail address this password would be too easy to guess.';

/** Whether a password may be set. Everything that sets a password calls this. @throws RequestError OVERLOADED */
export type PasswordCheck = (password: string, owner: PersonalData) => Promise<InputError<'PASSWORD_WEAK'> | null>;

export function createPasswordCheck(estimator: PasswordEstimator): PasswordCheck {
  return async (password, owner) => {
    if (!hasPasswordForm(password)) return inputError('PASSWORD_WEAK', 'password');
    const words = personalWords(owner);
    const rest = withoutPersonal(password, words);
    if ((await estimator.guessesLog10(rest, words)) >= MIN_GUESSES_LOG10) return null;
    const isPersonal = rest !== normalisePassword(password);
    return inputError('PASSWORD_WEAK', 'password', isPersonal ? PERSONAL : undefined);
  };
}
