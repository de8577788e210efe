import { type UserError, userError } from '../errors.ts';

/** The error of a mutation that is repeated with its `Idempotency-Key` when what it created no longer exists. */
export function deletedSince<Code extends string>(code: Code): UserError<Code> {
  return userError(code, 'It has been deleted since.', 'input');
}
