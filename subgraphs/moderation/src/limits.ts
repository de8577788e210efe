/** Of the text of a report, in code points after normalisation. */
export const MAX_REPORT_TEXT = 500;
/** How many reports a person can send within 24 hours. */
export const MAX_REPORTS = 50;
/** How long a suspension can last. A longer one is a ban. */
export const MAX_SUSPENSION_DAYS = 365;
/** Of the text of an appeal, in code points after normalisation. */
export const MAX_APPEAL_TEXT = 1000;
/** Of what was judged, in code points: how much a decision keeps. */
export const MAX_EXCERPT = 200;
/** How long after a decision the person can appeal. */
export const APPEAL_DAYS = 30;
/** How long a claim lasts. */
export const CLAIM_MINUTES = 30;
/** How many words can be banned. Each process of some subgraphs has all of them in memory. */
export const MAX_BANNED_WORDS = 5000;
