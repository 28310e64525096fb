[#-- What an INSERT gives, what an UPDATE of an unfilled row names, or the sync itself. --]
CREATE TRIGGER ${name} ${event} ON ${table}
  FOR EACH [#if statement]STATEMENT[#else]ROW[/#if][#if when??] WHEN (${when})[/#if] EXECUTE FUNCTION ${call}
