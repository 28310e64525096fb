DROP TABLE public.app_users_next;
