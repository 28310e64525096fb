-- no transaction: a batch holds its rows for about 50 ms; one transaction would hold every run until all are read
CALL public.store_settings_of_before(250);
CALL public.read_run_logs_of_before(250);
