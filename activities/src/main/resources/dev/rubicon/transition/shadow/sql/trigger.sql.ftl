[#-- A trigger of a shadow, on either side. --]
CREATE TRIGGER ${name} ${event} ON ${table}
  FOR EACH ${forEach}[#if when??] WHEN (${when})[/#if] EXECUTE FUNCTION ${function}()
