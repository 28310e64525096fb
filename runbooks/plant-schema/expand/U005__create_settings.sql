DROP TABLE public.settings;
