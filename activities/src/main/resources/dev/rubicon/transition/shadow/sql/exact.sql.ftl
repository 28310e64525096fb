[#--
  What is set here as text is read again as the values that they were: it is printed with all digits
  of a number, and with a time zone's offset, not its name, whatever the client has set.
--]
[#macro as_text indent]
${indent}DECLARE
${indent}  digits pg_catalog.text := pg_catalog.current_setting('extra_float_digits');
${indent}  style  pg_catalog.text := pg_catalog.current_setting('DateStyle');
${indent}BEGIN
${indent}  PERFORM pg_catalog.set_config('extra_float_digits', '1', true);
${indent}  PERFORM pg_catalog.set_config('DateStyle', 'ISO', true);
[#nested]
${indent}  PERFORM pg_catalog.set_config('extra_float_digits', digits, true);
${indent}  PERFORM pg_catalog.set_config('DateStyle', style, true);
${indent}END;
[/#macro]
