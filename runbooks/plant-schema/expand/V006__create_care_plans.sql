CREATE TABLE public.care_plans (
    id           serial PRIMARY KEY,
    plant_id     text UNIQUE REFERENCES public.plants (id),
    plan_data    jsonb NOT NULL,
    generated_at timestamptz DEFAULT now()
);
