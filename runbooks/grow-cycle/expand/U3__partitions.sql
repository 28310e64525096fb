DROP FUNCTION public.detach_month_partitions(regclass, interval);
DROP FUNCTION public.ensure_month_partitions(regclass, timestamptz, integer);
