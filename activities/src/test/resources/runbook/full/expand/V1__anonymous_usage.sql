CREATE TABLE public.anonymous_usage (id bigint PRIMARY KEY);
