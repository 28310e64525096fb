INSERT INTO public.checks VALUES (1);
