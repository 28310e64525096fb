[#-- What the comparisons column by column have in common; rows of legacy: l, of canonical: c. --]
[#macro both]${legacyKey} IS NOT NULL AND ${canonicalKey} IS NOT NULL[/#macro]
[#macro any conditions][#list conditions as condition](${condition})[#sep] OR [/#sep][#else]false[/#list][/#macro]
[#macro joined]
FROM ${legacy} l
FULL JOIN ${canonical} c ON ${match}
[/#macro]
