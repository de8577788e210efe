import { requireViewer } from '@tintype/graphql';
import { parseGlobalId } from '@tintype/ids';
import type { Context } from '../context.ts';
import { type ErrorCode, inputError } from '../errors.ts';
import { findVisiblePerson } from './person-visibility.ts';

/**
 * The resolver of a mutation that changes the viewer's relationship with one person and returns this person.
 *
 * @param change resolves with the error, or null
 * @param notFound the error if the ID is not that of an account
 */
export function personMutation<Code extends ErrorCode>(
  change: (viewerId: bigint, userId: bigint) => Promise<{ error: Code } | null>,
  notFound: Code,
) {
  return async (_: unknown, { input }: { input: { userId: string } }, context: Context) => {
    const viewer = requireViewer(context);
    const id = parseGlobalId('User', input.userId);
    if (id === null) return { user: null, errors: [inputError(notFound)] };
    const outcome = await change(viewer.userId, id);
    if (outcome) return { user: null, errors: [inputError(outcome.error)] };
    return { user: await findVisiblePerson(id, context), errors: [] };
  };
}
