DROP TABLE public.plants;
