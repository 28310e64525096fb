[#--
  All keys of one side in one number that does not depend on their order. Each is hashed twice,
  because a record's hash is a sum over its columns: values that two keys have exchanged would not
  show in the sum over all.
--]
[#assign record]ROW(${key?join(", ")})[/#assign]
SELECT count(*),
       count(*) FILTER (WHERE ${touched}),
       coalesce(sum(hashint8extended([#rt]
[#if hashed]
hash_record_extended(${record}, 0)[#t]
[#else]
hashtextextended(${record}::text COLLATE "C", 0)[#t]
[/#if]
, 1)), 0)::text[#lt]
FROM ${table} ${row}
