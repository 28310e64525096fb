DROP TABLE IF EXISTS public.thread_members;
