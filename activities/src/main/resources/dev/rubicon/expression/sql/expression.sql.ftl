[#--
  An up, a down or a default. The body is parsed when it is created: names are bound once, and no
  client's search path can change what it means. CompiledExpression fills the slots.
--]
CREATE FUNCTION rubicon.${function}([#list parameters as parameter]${parameter.name} ${parameter.type}[#sep], [/#sep][/#list]) RETURNS ${returns}
  LANGUAGE sql ${volatility}[#if parallel] PARALLEL SAFE[/#if]
[#if pinned]
  SET "TimeZone" TO 'UTC'
  SET "DateStyle" TO 'ISO, MDY'
  SET "IntervalStyle" TO 'postgres'
  SET extra_float_digits TO '1'
  SET bytea_output TO 'hex'
[/#if]
RETURN (${expression})
