-- The runner makes it at its first start; its rows are stamped in the crossing.
CREATE TABLE public.schema_migrations (
    version    text PRIMARY KEY,
    applied_at timestamptz DEFAULT now()
);
