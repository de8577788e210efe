-- SymSpell calls them deletes. The tables of collections were made like search.term, so they have the column, too.
DO $$
DECLARE term_table regclass;
BEGIN
  FOR term_table IN
    SELECT attrelid::regclass FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE attname = 'leftovers' AND relkind = 'r' AND relnamespace = 'search'::regnamespace
  LOOP
    EXECUTE format('ALTER TABLE %s RENAME COLUMN leftovers TO deletes', term_table);
  END LOOP;
END $$;
ALTER INDEX search.term_leftovers_idx RENAME TO term_deletes_idx;
UPDATE search.rebuild SET step = 'projection' WHERE step = 'facts';
