DROP TABLE public.schema_migrations;
