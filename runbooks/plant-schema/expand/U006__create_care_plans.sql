DROP TABLE public.care_plans;
