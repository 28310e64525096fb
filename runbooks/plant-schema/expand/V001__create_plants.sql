CREATE TABLE public.plants (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    species    text,
    thresholds jsonb,
    created_at timestamptz DEFAULT now()
);
