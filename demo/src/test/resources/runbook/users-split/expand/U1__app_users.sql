DROP TABLE public.user_profiles; DROP TABLE public.app_users;
