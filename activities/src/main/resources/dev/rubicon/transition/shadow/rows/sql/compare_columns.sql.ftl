[#--
  Column by column, once whole rows are known to differ: rows of legacy, those without a counterpart,
  rows of canonical without one, pairs that nothing can prove right, pairs that disagree, and these by
  column.
--]
[#import "comparison.sql.ftl" as comparison]
SELECT count(${legacyKey}),
  count(*) FILTER (WHERE ${canonicalKey} IS NULL AND ${copied}),
  count(*) FILTER (WHERE ${legacyKey} IS NULL AND ${copiedBack}[#if noneInLegacy??]
    OR [@comparison.both/] AND NOT ${noneInLegacy}[/#if][#if noneInCanonical??]
    OR [@comparison.both/] AND NOT ${noneInCanonical}[/#if]),
  count(*) FILTER (WHERE [@comparison.both/] AND ([@comparison.any conditions=unprovable/])),
  count(*) FILTER (WHERE [@comparison.both/] AND ([@comparison.any conditions=wrong/]))[#list wrong as condition],
  count(*) FILTER (WHERE [@comparison.both/] AND ${condition})[/#list]
[@comparison.joined/]
