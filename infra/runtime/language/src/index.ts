export { DEFAULT_LANGUAGE, findLanguage, LANGUAGES, type Language, languageOf } from './language.rules.ts';
export { negotiateLanguage } from './negotiation.rules.ts';
export { type Texts, textsIn } from './texts.ts';
