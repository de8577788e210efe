import { highlight, type Range } from '#text/highlight.rules.ts';
import type { ParsedQuery } from '#text/query.rules.ts';
import type { Hit } from './search.model.ts';

export type HighlightModel = {
  field: 'USERNAME' | 'DISPLAY_NAME' | 'HASHTAG' | 'CAPTION';
  text: string;
  ranges: Range[];
};

/** The texts of a hit in which something matches. */
export function highlightsOf(hit: Hit, query: ParsedQuery): HighlightModel[] {
  return fieldsOf(hit)
    .map(([field, text]) => {
      const isHandle = field === 'USERNAME' || field === 'HASHTAG';
      return { field, text, ranges: highlight(text, query, { isHandle }) };
    })
    .filter(({ ranges }) => ranges.length > 0);
}

function fieldsOf(hit: Hit): [HighlightModel['field'], string][] {
  if (hit.collection === 'hashtags') return [['HASHTAG', hit.document.id]];
  if (hit.collection === 'posts') return [['CAPTION', hit.document.caption]];
  return [
    ['USERNAME', hit.document.username],
    ['DISPLAY_NAME', hit.document.displayName],
  ];
}
