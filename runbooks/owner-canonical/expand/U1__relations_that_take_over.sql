DROP TABLE public.run_candidates_next;
DROP TABLE public.app_users_next;
