[#--
  Whole rows of legacy (l) and canonical (c), each compared once. Where no two rows of legacy can have
  one counterpart, a left join and a count say what a full join says; before PostgreSQL 16 parallel
  workers can share only those.
--]
SELECT count(*),
       count(*) FILTER (WHERE CASE WHEN ${legacyKey} IS NULL OR ${canonicalKey} IS NULL THEN true
                                   ELSE ${differs} END)
FROM ${legacy} l
${pairsOff?then("LEFT", "FULL")} JOIN ${canonical} c ON ${match}
