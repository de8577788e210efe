import { SubgraphError } from '@tintype/graphql';
import type { Log } from '@tintype/telemetry';
import type { CaseModel } from '#case/case.model.ts';
import type { FindContent } from '#case/reported-content.ts';
import { excerptOf } from './excerpt.rules.ts';

/**
 * The beginning of what a case is about, as it is now. Null if it no longer exists, or if its owner is unavailable:
 * a decision does not wait for what only illustrates it.
 */
export type ReadExcerpt = (
  found: Pick<CaseModel, 'id' | 'targetType' | 'targetId' | 'personId'>,
) => Promise<string | null>;

export function createReadExcerpt({ findContent, log }: { findContent: FindContent; log: Log }): ReadExcerpt {
  return async (found) => {
    try {
      const content = await findContent(found);
      return content && excerptOf(found.targetType, content);
    } catch (error) {
      if (!(error instanceof SubgraphError)) throw error;
      log.warn(
        { error, caseId: String(found.id) },
        'What is decided about could not be read. The decision has no excerpt.',
      );
      return null;
    }
  };
}
