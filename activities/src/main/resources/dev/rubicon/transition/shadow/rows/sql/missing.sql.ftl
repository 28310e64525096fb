[#-- Counts rows of legacy (f) that are still to be copied. --]
SELECT count(*) FROM ${legacy} f
[#if part??]
LEFT JOIN ${canonical} t ON ${match}
WHERE ${copied} AND (t.${part.key} IS NULL OR ${part.differs})
[#else]
WHERE ${copied}
  AND NOT EXISTS (SELECT FROM ${canonical} t WHERE ${counterpart})
[/#if]
