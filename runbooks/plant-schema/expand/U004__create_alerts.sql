DROP TABLE public.alerts;
