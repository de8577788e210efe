-- Words near a typed one are asked of their table itself: each statement of a search is planned once.
DROP FUNCTION "search"."near_terms"(TEXT, INTEGER[]);
