[#-- Flags of an INSERT (captured), names in an UPDATE of an unfilled row (named), or the last one. --]
CREATE TRIGGER ${name} BEFORE ${event} ON ${table}
  FOR EACH ROW[#if unfilledOnly] WHEN (OLD._rubicon IS NULL)[/#if] EXECUTE FUNCTION ${call}
