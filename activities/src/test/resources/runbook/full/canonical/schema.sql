CREATE TABLE public.checks (id bigint PRIMARY KEY);
