DROP TABLE public.anonymous_usage;
